package io.handoff.cli.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.cli.proxy.RelayEnd.By;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoBuffersLeaked;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Relays between real sockets. */
@Timeout(120)
@ExtendWith({NoBuffersLeaked.class, NoDescriptorsLeft.class})
class RelayIT {

    /** More than the sockets on the way hold. */
    private static final int MUCH = 24 * 1024 * 1024;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final BlockingQueue<Relay> relays = new LinkedBlockingQueue<>();
    private EventLoopGroup loops;
    private byte[] read = {};
    private Duration connectTimeout = TIMEOUT;

    @BeforeEach
    void startLoop() {
        loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    @AfterEach
    void endLoop() {
        EventLoops.end(loops);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldPassOnEachByteBothWaysAndTheEndOfEachDirection(boolean tcp) throws Exception {
        byte[] request = random(MUCH, 1);
        byte[] response = random(MUCH, 2);
        try (Ends ends = connect(tcp)) {
            CompletableFuture<Void> sent =
                    async(() -> ends.client().send(request).shutdownOutput());
            assertThat(ends.server().receiveToEnd()).isEqualTo(request);
            sent.get();

            // Long after the client has ended its input the server begins, and the client does not read at once.
            sent = async(() -> ends.server().send(response).shutdownOutput());
            assertThat(ends.client().receiveToEnd()).isEqualTo(response);
            sent.get();

            assertThat(end()).isEqualTo(new RelayEnd(true, By.CLIENT, null, MUCH, MUCH));
        }
    }

    @Test
    void shouldLetTheClientGoOnWhenTheServerHasEnded() throws Exception {
        byte[] request = random(MUCH, 3);
        try (Ends ends = connect(true)) {
            ends.server().send("welcome").shutdownOutput();
            assertThat(ends.client().receiveTextToEnd()).isEqualTo("welcome");

            CompletableFuture<Void> sent =
                    async(() -> ends.client().send(request).shutdownOutput());
            assertThat(ends.server().receiveToEnd()).isEqualTo(request);
            sent.get();

            assertThat(end()).isEqualTo(new RelayEnd(true, By.SERVER, null, MUCH, 7));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadNoFasterThanTheReceiver(boolean tcp) throws Exception {
        byte[] piece = new byte[64 * 1024];
        try (Ends ends = connect(tcp)) {
            long sent = 0;
            long stalledSince = System.nanoTime();
            while (sent < 8L * MUCH && System.nanoTime() - stalledSince < TimeUnit.SECONDS.toNanos(1)) {
                int now = ends.client().sendNow(piece);
                sent += now;
                stalledSince = now > 0 ? System.nanoTime() : stalledSince;
            }
            assertThat(sent).isLessThan(8L * MUCH);

            ends.client().shutdownOutput();
            assertThat(ends.server().receiveToEnd()).hasSize((int) sent);
            ends.server().shutdownOutput();
            assertThat(end().bytesToServer()).isEqualTo(sent);
        }
    }

    @Test
    void shouldBeginWithWhatWasReadAlready() throws Exception {
        read = "GET / ".getBytes(ISO_8859_1);
        try (Ends ends = connect(true)) {
            ends.client().send("HTTP/1.1").shutdownOutput();
            assertThat(ends.server().receiveTextToEnd()).isEqualTo("GET / HTTP/1.1");
            ends.server().shutdownOutput();

            assertThat(end()).isEqualTo(new RelayEnd(true, By.CLIENT, null, 14, 0));
        }
    }

    @Test
    void shouldPassOnWhatTheServerSaidBeforeItsReset() throws Exception {
        try (Ends ends = connect(true)) {
            ends.server().send("to the last");
            assertThat(ends.client().receiveText(11)).isEqualTo("to the last");
            ends.server().reset();

            assertThat(ends.client().receiveToEnd()).isEmpty();
            ends.client().close();
            RelayEnd end = end();
            assertThat(end).isEqualTo(new RelayEnd(true, By.SERVER, end.reason(), 0, 11));
            assertThat(end.reason()).contains("Connection reset by peer");
        }
    }

    @Test
    void shouldPassOnWhatTheClientSaidBeforeItsReset() throws Exception {
        try (Ends ends = connect(true)) {
            ends.client().send("to the last");
            assertThat(ends.server().receiveText(11)).isEqualTo("to the last");
            ends.client().reset();

            assertThat(ends.server().receiveToEnd()).isEmpty();
            ends.server().close();
            RelayEnd end = end();
            assertThat(end).isEqualTo(new RelayEnd(true, By.CLIENT, end.reason(), 11, 0));
            assertThat(end.reason()).contains("Connection reset by peer");
        }
    }

    @Test
    void shouldEndWithBothWhenTheServerIsGoneWhileTheClientSends() throws Exception {
        try (Ends ends = connect(true)) {
            ends.server().close();
            assertThat(ends.client().receiveToEnd()).isEmpty();
            await().until(() -> {
                try {
                    ends.client().send("x");
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
            assertThat(end().by()).isEqualTo(By.SERVER);
        }
    }

    @Test
    void shouldTellThatNobodyListensAndCloseTheClient() throws Exception {
        Path nobody = directory.resolve("nobody.sock");
        try (Proxy proxy = listen(new DomainSocketAddress(nobody.toFile()), true);
                BlockingSocket client = proxy.connect()) {
            assertThat(client.receiveToEnd()).isEmpty();

            assertThat(end()).isEqualTo(new RelayEnd(false, By.SERVER, "no such file", 0, 0));
        }
    }

    @Test
    void shouldWaitForRoomInTheBacklogOfAUnixSocketButNotForEver() throws Exception {
        Path path = directory.resolve("server.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Proxy proxy = listen(new DomainSocketAddress(path.toFile()), true)) {
            server.bind(UnixDomainSocketAddress.of(path), 1);
            try (SocketChannel first = SocketChannel.open(UnixDomainSocketAddress.of(path));
                    SocketChannel second = SocketChannel.open(UnixDomainSocketAddress.of(path));
                    BlockingSocket patient = proxy.connect()) {
                patient.send("patient");
                await().until(() -> !relays.isEmpty());
                for (int i = 0; i < 2; i++) {
                    server.accept().close();
                }
                try (SocketChannel accepted = server.accept()) {
                    ByteBuffer bytes = ByteBuffer.allocate(7);
                    while (bytes.hasRemaining()) {
                        accepted.read(bytes);
                    }
                    assertThat(new String(bytes.array(), ISO_8859_1)).isEqualTo("patient");
                }
                patient.shutdownOutput();
                assertThat(end().connected()).isTrue();
                assertThat(first.isOpen() && second.isOpen()).isTrue();
            }
            connectTimeout = Duration.ofMillis(50);
            try (SocketChannel first = SocketChannel.open(UnixDomainSocketAddress.of(path));
                    SocketChannel second = SocketChannel.open(UnixDomainSocketAddress.of(path));
                    BlockingSocket late = proxy.connect()) {
                assertThat(late.receiveToEnd()).isEmpty();
                assertThat(end()).isEqualTo(new RelayEnd(false, By.SERVER, "no connection within 50 ms", 0, 0));
                assertThat(first.isOpen() && second.isOpen()).isTrue();
            }
        }
    }

    @Test
    void shouldCloseBothWhenStopped() throws Exception {
        try (Ends ends = connect(true)) {
            ends.client().send("hello");
            assertThat(ends.server().receiveText(5)).isEqualTo("hello");
            Relay relay = relays.take();
            relay.stop();

            assertThat(relay.end().sync().getNow())
                    .isEqualTo(new RelayEnd(true, By.BROKER, "the broker is stopping", 5, 0));
            assertThat(ends.client().receiveToEnd()).isEmpty();
            assertThat(ends.server().receiveToEnd()).isEmpty();
        }
    }

    private RelayEnd end() throws InterruptedException {
        return relays.take().end().sync().getNow();
    }

    /** The two ends of a relayed connection. */
    private record Ends(Proxy proxy, BlockingSocket client, Server server) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            client.close();
            server.close();
            proxy.close();
        }
    }

    private Ends connect(boolean tcp) throws Exception {
        Path path = directory.resolve("server.sock");
        try (ServerSocketChannel listening = tcp
                ? ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                : ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path))) {
            Proxy proxy = listen(tcp ? listening.getLocalAddress() : new DomainSocketAddress(path.toFile()), tcp);
            return new Ends(proxy, proxy.connect(), new Server(listening.accept()));
        }
    }

    /** The server's end. */
    private record Server(SocketChannel connection) {
        Server send(String text) throws IOException {
            return send(text.getBytes(ISO_8859_1));
        }

        Server send(byte[] bytes) throws IOException {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                connection.write(rest);
            }
            return this;
        }

        void shutdownOutput() throws IOException {
            connection.shutdownOutput();
        }

        String receiveText(int length) throws IOException {
            return new String(receive(length), ISO_8859_1);
        }

        String receiveTextToEnd() throws IOException {
            return new String(receiveToEnd(), ISO_8859_1);
        }

        byte[] receiveToEnd() throws IOException {
            return receive(Integer.MAX_VALUE);
        }

        private byte[] receive(int length) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            ByteBuffer piece = ByteBuffer.allocate(Math.min(length, 64 * 1024));
            while (all.size() < length && connection.read(piece.clear()) >= 0) {
                all.write(piece.array(), 0, piece.position());
            }
            return all.toByteArray();
        }

        void reset() throws IOException {
            connection.setOption(StandardSocketOptions.SO_LINGER, 0);
            close();
        }

        void close() throws IOException {
            connection.close();
        }
    }

    /** What clients connect to. */
    private record Proxy(Channel listening) implements AutoCloseable {
        BlockingSocket connect() throws IOException {
            return BlockingSocket.connect(
                    listening.localAddress() instanceof DomainSocketAddress unix
                            ? UnixDomainSocketAddress.of(unix.path())
                            : listening.localAddress());
        }

        @Override
        public void close() {
            listening.close().syncUninterruptibly();
        }
    }

    private Proxy listen(SocketAddress target, boolean tcp) throws InterruptedException {
        return new Proxy(new ServerBootstrap()
                .group(loops)
                .channel(tcp ? EpollServerSocketChannel.class : EpollServerDomainSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelActive(ChannelHandlerContext ctx) {
                                relays.add(Relay.start(client, RelayIT.this::first, target, connectTimeout));
                            }
                        });
                    }
                })
                .bind(
                        tcp
                                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
                                : new DomainSocketAddress(
                                        directory.resolve("proxy.sock").toFile()))
                .sync()
                .channel());
    }

    private ByteBuf first() {
        return read.length == 0
                ? Unpooled.EMPTY_BUFFER
                : PooledByteBufAllocator.DEFAULT.directBuffer().writeBytes(read);
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private interface Step {
        void run() throws IOException;
    }

    private static CompletableFuture<Void> async(Step step) {
        return CompletableFuture.runAsync(() -> {
            try {
                step.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
