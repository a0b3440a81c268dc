package io.handoff.netty.adoption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.netty.Libc;
import io.handoff.netty.Warns;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.backend.HandoffServerChannel;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Connections that a listening channel of the program's takes for its own, as a framework's would. */
@ExtendWith(NoDescriptorsLeft.class)
class ListenerAdoptionIT {

    private static final AttributeKey<String> OF_THE_BOOTSTRAP = AttributeKey.valueOf("ListenerAdoptionIT");
    private static final SocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final InetSocketAddress NOMINAL = new InetSocketAddress("192.0.2.1", 443);

    @TempDir
    Path directory;

    private final EventLoopGroup boss = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final Queue<Channel> served = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        served.forEach(channel -> channel.close().syncUninterruptibly());
        EventLoops.end(boss, workers);
    }

    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            served.add(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.writeAndFlush(msg);
        }
    }

    private ServerBootstrap bootstrap(EventLoopGroup children) {
        return new ServerBootstrap()
                .group(boss, children)
                .childAttr(OF_THE_BOOTSTRAP, "its attribute")
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Echo());
                    }
                });
    }

    private Channel bound(ServerBootstrap bootstrap, SocketAddress address) throws Exception {
        Channel listener = bootstrap.bind(address).sync().channel();
        opened.add(() -> listener.close().sync());
        return listener;
    }

    private Channel listening() throws Exception {
        return bound(bootstrap(workers).channel(EpollServerSocketChannel.class), LOOPBACK);
    }

    private HandoffServer adoptingInto(Channel listener) throws Exception {
        HandoffServer server =
                builder().adoptInto((ServerChannel) listener).start().get();
        opened.add(server);
        return server;
    }

    private HandoffServerBuilder builder() {
        return HandoffServer.builder(path()).expectedTokens(ExpectedTokenPolicy.carried());
    }

    private Path path() {
        return directory.resolve("s");
    }

    private ClientConnection client() throws IOException {
        ClientConnection client = ClientConnection.tcp();
        opened.add(client);
        return client;
    }

    private String refusalOf(ClientConnection client) throws IOException {
        try (TestBroker broker = TestBroker.connect(path())) {
            return broker.handOff(client).getErrorDetail();
        }
    }

    private void assertServed(ClientConnection client) throws IOException {
        assertThat(refusalOf(client)).isEmpty();
        client.accepted().close();
        assertThat(client.client().send("echo").receiveText(4)).isEqualTo("echo");
    }

    /** Its broker can go on with it, and gets every byte. */
    private void assertAsItCame(ClientConnection client) throws IOException {
        assertThat(Libc.isNonBlocking(client.accepted())).isFalse();
        client.client().send("request");
        assertThat(client.accepted().receiveText(7)).isEqualTo("request");
        client.accepted().send("answer");
        assertThat(client.client().receiveText(6)).isEqualTo("answer");
    }

    @Test
    void shouldServeAConnectionAsTheListenerServesThoseThatItAccepts() throws Exception {
        Channel listener = listening();
        adoptingInto(listener);

        assertServed(client());

        Channel channel = served.element();
        assertThat(channel.parent()).isSameAs(listener);
        assertThat(channel.attr(OF_THE_BOOTSTRAP).get()).isEqualTo("its attribute");
        assertThat(channel.hasAttr(HandedOffConnection.KEY)).isTrue();
        assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
    }

    @Test
    void shouldSpreadConnectionsOverTheLoopsThatTheListenerChooses() throws Exception {
        adoptingInto(listening());
        for (int i = 0; i < 4; i++) {
            assertServed(client());
        }

        Set<EventLoop> loops = new HashSet<>();
        served.forEach(channel -> loops.add(channel.eventLoop()));
        assertThat(loops).hasSize(2);
    }

    @Test
    void shouldListenAtAPathInPlaceOfAnAddress() throws Exception {
        Channel listener = bound(bootstrap(workers).channelFactory(() -> new HandoffServerChannel(builder())), NOMINAL);
        ClientConnection client = client();

        assertServed(client);
        assertThat(listener.localAddress()).isEqualTo(NOMINAL);
        assertThat(served.element().parent()).isSameAs(listener);
        HandoffServer server = ((HandoffServerChannel) listener).server().orElseThrow();
        assertThat(server.metrics().offersAccepted()).isEqualTo(1);

        listener.close().sync();
        server.close();
        assertThat(path()).doesNotExist();
        assertThat(client.client().send("echo").receiveText(4)).as("goes on").isEqualTo("echo");
    }

    /** A framework sets those of its own for any listener, and is warned of each that this one does not know. */
    @Test
    void shouldKeepEachOptionOfAListeningSocket() {
        EpollServerSocketChannel socket = new EpollServerSocketChannel();
        opened.add(() -> socket.unsafe().closeForcibly());
        ChannelConfig config = new HandoffServerChannel(builder()).config();

        socket.config().getOptions().forEach((option, value) -> assertKept(config, option, value));
        assertKept(config, EpollChannelOption.SO_REUSEPORT, true);
        assertKept(config, new IntegerUnixChannelOption("SO_PRIORITY", 1, 12), 3);
        assertThat(config.setOption(EpollChannelOption.TCP_MD5SIG, Map.of())).isTrue();
        assertThat(config.getOptions().keySet())
                .containsAll(socket.config().getOptions().keySet());
        assertThat(config.setOption(ChannelOption.SO_LINGER, 1)).isFalse();
    }

    @SuppressWarnings("unchecked")
    private static void assertKept(ChannelConfig config, ChannelOption<?> option, Object value) {
        assertThat(config.setOption((ChannelOption<Object>) option, value))
                .as("knows %s", option)
                .isTrue();
        assertThat((Object) config.getOption(option)).as(option.toString()).isEqualTo(value);
    }

    /** A framework closes its listener first: who has connected by then is answered. */
    @Test
    void shouldRejectWhoHasConnectedWhenItCloses() throws Exception {
        Channel listener = bound(bootstrap(workers).channelFactory(() -> new HandoffServerChannel(builder())), NOMINAL);
        ClientConnection client = client();
        try (TestBroker broker = TestBroker.connect(path())) {
            listener.close().sync();

            assertThat(broker.handOff(client).getErrorDetail())
                    .isEqualTo("handoff backend takes no more connections: its listener has closed");
        }
        assertAsItCame(client);
        ((HandoffServerChannel) listener).server().orElseThrow().close();
    }

    @Test
    void shouldFailToBindWhereNoSocketFileCanBe() {
        ServerBootstrap bootstrap = bootstrap(workers)
                .channelFactory(() -> new HandoffServerChannel(HandoffServer.builder(directory.resolve("none/s"))));

        assertThatThrownBy(() -> bootstrap.bind(NOMINAL).sync())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot listen on " + directory.resolve("none/s"));
    }

    @Test
    void shouldRejectWhenTheListenerHasClosed() throws Exception {
        Channel listener = listening();
        adoptingInto(listener);
        listener.close().sync();
        ClientConnection client = client();

        assertThat(refusalOf(client)).isEqualTo("handoff backend takes no more connections: its listener has closed");
        assertAsItCame(client);
    }

    @Test
    void shouldWaitWhileTheListenerPausesForAMoment() throws Exception {
        Channel listener = listening();
        adoptingInto(listener);
        listener.config().setAutoRead(false);
        ClientConnection client = client();
        boss.schedule(() -> listener.config().setAutoRead(true), 100, TimeUnit.MILLISECONDS);

        assertServed(client);
    }

    @Test
    void shouldRejectWhenTheListenerPausesForLonger() throws Exception {
        Channel listener = listening();
        adoptingInto(listener);
        listener.config().setAutoRead(false);
        ClientConnection client = client();

        assertThat(refusalOf(client))
                .isEqualTo("handoff backend takes no connections for now: its listener has paused");
        assertAsItCame(client);
    }

    /** Such as one that limits connections, and has the kernel reset those that are too many. */
    @Test
    @Warns("handoff adoption failed")
    void shouldRejectWhatTheListenersPipelineCloses() throws Exception {
        Channel listener = listening();
        listener.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                Channel child = (Channel) msg;
                child.config().setOption(ChannelOption.SO_LINGER, 0);
                child.unsafe().closeForcibly();
            }
        });
        adoptingInto(listener);
        ClientConnection client = client();

        assertThat(refusalOf(client)).isEqualTo("handoff connection could not be adopted by the backend");
        assertAsItCame(client);
    }

    @Test
    @Warns(value = "handoff adoption failed", sometimes = "Discarded inbound message")
    void shouldRejectWhatNothingInTheListenersPipelineRegisters() throws Exception {
        Channel listener = listening();
        listener.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {}
        });
        adoptingInto(listener);
        ClientConnection client = client();

        assertThat(refusalOf(client)).isEqualTo("handoff connection could not be adopted by the backend");
        assertAsItCame(client);
    }

    @Test
    @Warns({"handoff adoption failed", "Failed to register an accepted channel"})
    void shouldRejectWhenTheChildrensLoopsAreOfAnotherKind() throws Exception {
        EventLoopGroup nio = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        opened.add(() -> EventLoops.end(nio));
        adoptingInto(bound(bootstrap(nio).channel(EpollServerSocketChannel.class), LOOPBACK));
        ClientConnection client = client();

        assertThat(refusalOf(client)).isEqualTo("handoff connection could not be adopted by the backend");
        assertAsItCame(client);
    }

    @Test
    void shouldRefuseATcpConnectionForAListenerOfTheUnixDomain() throws Exception {
        SocketAddress address =
                new DomainSocketAddress(directory.resolve("clients").toFile());
        adoptingInto(bound(bootstrap(workers).channel(EpollServerDomainSocketChannel.class), address));
        ClientConnection client = client();

        assertThat(refusalOf(client))
                .isEqualTo("handoff descriptor is a TCP connection; expected one of a Unix-domain socket, because the"
                        + " listener is: EpollServerDomainSocketChannel");
        assertAsItCame(client);
    }

    @Test
    void shouldRefuseAListenerThatIsNotRegistered() {
        EpollServerSocketChannel listener = new EpollServerSocketChannel();
        opened.add(() -> listener.unsafe().closeForcibly());

        assertThatThrownBy(() -> builder().adoptInto(listener))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not registered; expected a channel that listens already");
    }
}
