package io.handoff.netty.adoption;

import static io.handoff.netty.Libc.checked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.Frames;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An adopted channel tells the addresses that Netty would tell of its socket, and for how long. */
@ExtendWith(NoDescriptorsLeft.class)
class AdoptedAddressIT {

    @TempDir
    Path directory;

    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final CompletableFuture<Channel> active = new CompletableFuture<>();
    private @Nullable HandoffServer server;

    @BeforeEach
    void start() throws Exception {
        server = HandoffServer.builder(directory.resolve("handoff.sock"))
                .adoptInto(workers, new ChannelInboundHandlerAdapter() {
                    @Override
                    public boolean isSharable() {
                        return true;
                    }

                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        active.complete(ctx.channel());
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable reset) {
                        ctx.close();
                    }
                })
                .expectedTokens(ExpectedTokenPolicy.carried())
                .start()
                .get();
    }

    @AfterEach
    void stop() {
        Objects.requireNonNull(server).close();
        EventLoops.end(workers);
    }

    /** What a client is, and what it has connected to. */
    enum Client {
        IPV4,
        IPV6,
        IPV4_AT_AN_IPV6_SOCKET,
        UNIX,
        UNIX_WITH_A_NAME,
        UNIX_WITH_AN_ABSTRACT_NAME;

        Socket listen(Path directory) throws IOException {
            Socket listening = switch (this) {
                case IPV4 -> LinuxSocket.newSocketStream(SocketProtocolFamily.INET);
                case IPV6, IPV4_AT_AN_IPV6_SOCKET -> LinuxSocket.newSocketStream(SocketProtocolFamily.INET6);
                default -> Socket.newSocketDomain();
            };
            listening.bind(
                    switch (this) {
                        case IPV4 -> new InetSocketAddress(NetUtil.LOCALHOST4, 0);
                        case IPV6 -> new InetSocketAddress(NetUtil.LOCALHOST6, 0);
                        case IPV4_AT_AN_IPV6_SOCKET -> new InetSocketAddress(0);
                        default ->
                            new DomainSocketAddress(directory.resolve("clients").toFile());
                    });
            listening.listen(1);
            return listening;
        }

        Socket connect(Socket listening, Path directory) throws IOException {
            Socket client = switch (this) {
                case IPV4, IPV4_AT_AN_IPV6_SOCKET -> LinuxSocket.newSocketStream(SocketProtocolFamily.INET);
                case IPV6 -> LinuxSocket.newSocketStream(SocketProtocolFamily.INET6);
                default -> Socket.newSocketDomain();
            };
            if (this == UNIX_WITH_A_NAME) {
                client.bind(new DomainSocketAddress(directory.resolve("client").toFile()));
            } else if (this == UNIX_WITH_AN_ABSTRACT_NAME) {
                client.bind(new DomainSocketAddress("\0" + HandoffToken.random().hashCode()));
            }
            boolean connected = client.connect(
                    switch (this) {
                        case IPV4, IPV6 -> Objects.requireNonNull(listening.localAddress());
                        case IPV4_AT_AN_IPV6_SOCKET ->
                            new InetSocketAddress(
                                    NetUtil.LOCALHOST4,
                                    Objects.requireNonNull(listening.localAddress())
                                            .getPort());
                        default -> listening.localDomainSocketAddress();
                    });
            if (!connected) {
                await().until(client::finishConnect);
            }
            return client;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellTheAddressesThatNettyWouldTell(Client kind) throws Exception {
        Socket listening = kind.listen(directory);
        Socket client = kind.connect(listening, directory);
        Socket accepted = new Socket(checked(listening.accept(new byte[128])));
        boolean isUnix = kind.name().startsWith("UNIX");
        SocketAddress remote = isUnix ? accepted.remoteDomainSocketAddress() : accepted.remoteAddress();
        SocketAddress local = isUnix ? accepted.localDomainSocketAddress() : accepted.localAddress();

        Channel adopted = handOff(accepted.intValue());

        assertThat(adopted.remoteAddress()).isEqualTo(remote);
        assertThat(adopted.localAddress()).isEqualTo(local);
        for (Socket each : Stream.of(accepted, client, listening).toList()) {
            each.close();
        }
        adopted.close().sync();
        assertThat(adopted.remoteAddress()).isEqualTo(remote);
        assertThat(adopted.localAddress()).as("was asked before").isEqualTo(local);
    }

    /** As its access log wants to have it. */
    @Test
    void shouldTellWhoHasResetAConnection() throws Exception {
        Socket listening = Client.IPV4.listen(directory);
        Socket client = Client.IPV4.connect(listening, directory);
        SocketAddress remote = client.localAddress();
        Socket accepted = new Socket(checked(listening.accept(new byte[128])));
        listening.close();
        client.setSoLinger(0);

        Channel adopted = handOff(accepted.intValue());
        accepted.close();
        client.close();
        await().until(() -> !adopted.isOpen());

        assertThat(adopted.remoteAddress()).isEqualTo(remote);
        assertThat(adopted.localAddress()).as("nobody has asked before").isNull();
    }

    private Channel handOff(int descriptor) throws Exception {
        HandoffToken token = HandoffToken.random();
        try (TestBroker broker =
                TestBroker.connect(Objects.requireNonNull(server).path())) {
            broker.offer(Frames.offerFrame(token, 1).build(), descriptor);
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
        }
        return active.get();
    }
}
