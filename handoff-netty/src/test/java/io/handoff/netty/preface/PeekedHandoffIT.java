package io.handoff.netty.preface;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that hands each client to the backend that it asks for: TLS is between the client and the backend, and every byte arrives. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
class PeekedHandoffIT {

    private static final String RED = "red.example";
    private static final String BLUE = "blue.example";
    private static final Map<String, X509Bundle> CERTIFICATES = new HashMap<>();

    @TempDir
    Path directory;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final List<HandoffServer> backends = new ArrayList<>();
    private InetSocketAddress address = new InetSocketAddress(0);

    @BeforeAll
    static void makeCertificates() throws Exception {
        for (String name : List.of(RED, BLUE)) {
            CERTIFICATES.put(
                    name,
                    new CertificateBuilder()
                            .subject("CN=" + name)
                            .addSanDnsName(name)
                            .setIsCertificateAuthority(true)
                            .buildSelfSigned());
        }
    }

    private static X509Bundle certificate(String name) {
        return Objects.requireNonNull(CERTIFICATES.get(name), name);
    }

    @BeforeEach
    void start() throws Exception {
        Map<String, HandoffBroker> byName = new HashMap<>();
        for (String name : List.of(RED, BLUE)) {
            SslContext tls = SslContextBuilder.forServer(
                            certificate(name).getKeyPair().getPrivate(),
                            certificate(name).getCertificate())
                    .build();
            byName.put(
                    name,
                    brokerFor(name, client -> client.pipeline().addLast(tls.newHandler(client.alloc()), new Echo())));
        }
        HandoffBroker byDefault = brokerFor("plain", client -> {
            client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            client.pipeline().addLast(new Echo());
        });
        address = listen(new RoutingHandler(byName, byDefault));
    }

    /** Starts a backend, and makes a broker for it. */
    private HandoffBroker brokerFor(String name, Consumer<Channel> initializer) throws Exception {
        Path socket = directory.resolve(name);
        backends.add(HandoffServer.builder(socket)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .adoptInto(loops, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        initializer.accept(client);
                    }
                })
                .start()
                .get());
        return HandoffBroker.builder(socket).build();
    }

    private InetSocketAddress listen(RoutingHandler handler) throws InterruptedException {
        return (InetSocketAddress) new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(handler)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel()
                .localAddress();
    }

    @AfterEach
    void stop() {
        backends.forEach(HandoffServer::close);
        EventLoops.end(loops);
    }

    @ParameterizedTest
    @ValueSource(strings = {RED, BLUE})
    void shouldReachTheBackendThatTheServerNameAsksFor(String name) throws Exception {
        try (SSLSocket client = connect(new Socket(), name)) {
            assertServedBy(client, name);
        }
    }

    @Test
    void shouldReachTheBackendWithAHelloThatComesByteByByte() throws Exception {
        try (SSLSocket client = connect(new SocketOfSingleBytes(), BLUE)) {
            assertServedBy(client, BLUE);
        }
    }

    @Test
    void shouldHandOffAClientThatHasEndedItsSideWithEveryByte() throws Exception {
        String request = "GET / HTTP/1.0\r\nHost: plain\r\n\r\nand a body";
        try (BlockingSocket client = BlockingSocket.connect(address)) {
            client.send(request.substring(0, 20));
            client.send(request.substring(20)).shutdownOutput();

            assertThat(client.receiveTextToEnd()).isEqualTo(request);
        }
    }

    @Test
    void shouldBeTheHandlerThatThePageShows() throws Exception {
        String page = Files.readString(Path.of("../docs/looking.md"));
        String source = Files.readString(
                Path.of("src/test/java", RoutingHandler.class.getName().replace('.', '/') + ".java"));
        Matcher code = Pattern.compile("(?s)```java\n(.*?)```").matcher(page);

        assertThat(code.find()).isTrue();
        assertThat(withoutSpace(source)).contains(withoutSpace(code.group(1)));
        assertThat(page).contains(".childOption(ChannelOption.AUTO_READ, false)");
    }

    private static String withoutSpace(String code) {
        return code.replaceAll("\\s", "");
    }

    private void assertServedBy(SSLSocket client, String name) throws Exception {
        byte[] said = "hello from behind TLS".getBytes(StandardCharsets.US_ASCII);

        client.startHandshake();
        client.getOutputStream().write(said);

        assertThat(client.getSession().getPeerCertificates())
                .containsExactly(certificate(name).getCertificate());
        assertThat(client.getInputStream().readNBytes(said.length)).isEqualTo(said);
    }

    private SSLSocket connect(Socket socket, String name) throws Exception {
        socket.connect(address);
        socket.setTcpNoDelay(true);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, certificate(name).toTrustManagerFactory().getTrustManagers(), null);
        return (SSLSocket) context.getSocketFactory().createSocket(socket, name, address.getPort(), true);
    }

    /** Sends each byte in a segment of its own. */
    private static final class SocketOfSingleBytes extends Socket {
        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream());
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.writeAndFlush(msg);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownReadComplete.INSTANCE) {
                ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }
}
