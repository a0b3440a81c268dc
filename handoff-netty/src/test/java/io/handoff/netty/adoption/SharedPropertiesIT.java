package io.handoff.netty.adoption;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.Frames;
import io.handoff.netty.Libc;
import io.handoff.netty.Warns;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the broker's and the backend's copy of a connection share: rejected, it is as it came; adopted, it harms no loop. */
@ExtendWith(NoDescriptorsLeft.class)
class SharedPropertiesIT {

    private static final int SOL_SOCKET = 1;
    private static final int SO_KEEPALIVE = 9;
    private static final int SO_ERROR = 4;
    private static final int SO_RCVLOWAT = 18;
    private static final int SO_TIMESTAMPING = 37;
    private static final int SO_ZEROCOPY = 60;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int TCP_CORK = 3;
    private static final int TCP_USER_TIMEOUT = 18;
    private static final int ECONNRESET = 104;

    /** Times of what is sent, made by software, when it leaves the socket. */
    private static final int TIMESTAMPING_TX_SOFTWARE = 1 << 1 | 1 << 4;

    private static final Map<String, int[]> OPTIONS = Map.of(
            "SO_KEEPALIVE", new int[] {SOL_SOCKET, SO_KEEPALIVE},
            "SO_RCVLOWAT", new int[] {SOL_SOCKET, SO_RCVLOWAT},
            "SO_TIMESTAMPING", new int[] {SOL_SOCKET, SO_TIMESTAMPING},
            "SO_ZEROCOPY", new int[] {SOL_SOCKET, SO_ZEROCOPY},
            "TCP_NODELAY", new int[] {IPPROTO_TCP, TCP_NODELAY},
            "TCP_CORK", new int[] {IPPROTO_TCP, TCP_CORK},
            "TCP_USER_TIMEOUT", new int[] {IPPROTO_TCP, TCP_USER_TIMEOUT});

    @TempDir
    Path directory;

    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<Channel> adopted = new CopyOnWriteArrayList<>();
    private boolean isRejecting;
    private @Nullable HandoffServer server;
    private SocketChannel client;
    private Socket brokers;

    @BeforeEach
    void connect() throws Exception {
        Socket listening = Socket.newSocketStream();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listening.listen(1);
        client = SocketChannel.open(listening.localAddress());
        brokers = new Socket(checked(listening.accept(new byte[26])));
        listening.close();
        server = HandoffServer.builder(directory.resolve("s"))
                .adoptInto(workers, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        setUp(channel);
                    }
                })
                .expectedTokens(ExpectedTokenPolicy.carried())
                .start()
                .get();
    }

    /** Sets options before the ACK, as a framework does. */
    private void setUp(Channel channel) {
        adopted.add(channel);
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, 1234);
        channel.config().setOption(EpollChannelOption.TCP_CORK, true);
        assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
        assertThat(channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
                .isEqualTo(1234);
        if (isRejecting) {
            throw new IllegalStateException("initializer of this test");
        }
        channel.config().setOption(EpollChannelOption.TCP_CORK, false);
        channel.config().setOption(ChannelOption.SO_LINGER, -1);
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            server.close();
        }
        for (Channel channel : adopted) {
            if (channel.isRegistered()) {
                channel.close().syncUninterruptibly();
            }
        }
        EventLoops.end(workers);
        client.close();
        brokers.close();
    }

    private boolean handOff() throws IOException {
        HandoffToken token = HandoffToken.random();
        try (TestBroker broker = TestBroker.connect(directory.resolve("s"))) {
            broker.offer(Frames.offerFrame(token, 1).build(), brokers.intValue());
            return Arrays.equals(broker.receiveToEnd(), Frames.accepting(token, 1));
        }
    }

    private Map<String, Integer> properties() throws IOException {
        Map<String, Integer> properties = new TreeMap<>();
        for (Map.Entry<String, int[]> option : OPTIONS.entrySet()) {
            properties.put(option.getKey(), brokers.getIntOpt(option.getValue()[0], option.getValue()[1]));
        }
        properties.put("SO_LINGER", brokers.getSoLinger());
        properties.put("SO_SNDBUF", brokers.getSendBufferSize());
        properties.put("SO_RCVBUF", brokers.getReceiveBufferSize());
        properties.put("flags", C.fcntl(brokers.intValue(), Libc.F_GETFL, 0));
        return properties;
    }

    @Test
    @Warns({"Failed to initialize a channel", "handoff adoption failed"})
    void shouldGiveEveryPropertyBackAsItCame() throws Exception {
        isRejecting = true;
        for (int flags : new int[] {0, Libc.O_NONBLOCK}) {
            C.fcntl(brokers.intValue(), Libc.F_SETFL, flags);
            brokers.setSoLinger(7);
            brokers.setIntOpt(SOL_SOCKET, SO_RCVLOWAT, 5);
            Map<String, Integer> before = properties();

            assertThat(handOff()).isFalse();

            assertThat(properties()).isEqualTo(before);
        }
    }

    @Test
    @Warns({"Failed to initialize a channel", "handoff adoption failed"})
    void shouldLeaveAnErrorAndTheErrorQueueWhereTheyAre() throws Exception {
        isRejecting = true;
        brokers.setIntOpt(SOL_SOCKET, SO_TIMESTAMPING, TIMESTAMPING_TX_SOFTWARE);
        brokers.send(ByteBuffer.allocateDirect(1), 0, 1);
        await().until(() -> LibcSocketCalls.INSTANCE.hasPendingError(brokers));

        assertThat(handOff()).isFalse();
        assertThat(LibcSocketCalls.INSTANCE.discardQueuedError(brokers)).isTrue();
        assertThat(brokers.getIntOpt(SOL_SOCKET, SO_TIMESTAMPING)).isEqualTo(TIMESTAMPING_TX_SOFTWARE);

        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
        await().until(() -> LibcSocketCalls.INSTANCE.hasPendingError(brokers));
        assertThat(handOff()).isFalse();
        assertThat(brokers.getIntOpt(SOL_SOCKET, SO_ERROR)).isEqualTo(ECONNRESET);
    }

    @Test
    void shouldTakeBackWhatWouldHurtTheLoopAndSetWhatTheProgramHasSet() throws Exception {
        brokers.setSoLinger(7);
        brokers.setIntOpt(SOL_SOCKET, SO_RCVLOWAT, 5);

        assertThat(handOff()).isTrue();
        await().until(() -> !adopted.isEmpty() && brokers.isKeepAlive());
        workers.submit(() -> {}).get();

        Map<String, Integer> after = properties();
        assertThat(after)
                .containsEntry("SO_LINGER", -1)
                .containsEntry("SO_RCVLOWAT", 1)
                .containsEntry("TCP_NODELAY", 1)
                .containsEntry("TCP_CORK", 0)
                .containsEntry("TCP_USER_TIMEOUT", 1234);
        Map<ChannelOption<?>, Object> options = adopted.get(0).config().getOptions();
        assertThat(options)
                .containsEntry(ChannelOption.SO_LINGER, -1)
                .containsEntry(EpollChannelOption.TCP_USER_TIMEOUT, 1234)
                .containsEntry(ChannelOption.ALLOW_HALF_CLOSURE, false);
    }

    @Test
    void shouldEmptyTheErrorQueueOfAnAdoptedConnectionAndKeepItEmpty() throws Exception {
        brokers.setIntOpt(SOL_SOCKET, SO_TIMESTAMPING, TIMESTAMPING_TX_SOFTWARE);
        brokers.send(ByteBuffer.allocateDirect(1), 0, 1);
        await().until(() -> LibcSocketCalls.INSTANCE.hasPendingError(brokers));

        assertThat(handOff()).isTrue();

        await().until(() -> !LibcSocketCalls.INSTANCE.hasPendingError(brokers));
        await().until(() -> brokers.getIntOpt(SOL_SOCKET, SO_TIMESTAMPING), flags -> flags == 0);
        assertThat(adopted.get(0).isActive()).isTrue();
    }

    @Test
    void shouldNotHoldUpTheLoopWhenTheProgramsLingerTakesTime() throws Exception {
        assertThat(handOff()).isTrue();
        await().until(() -> !adopted.isEmpty() && brokers.isKeepAlive());
        Channel channel = adopted.get(0);
        channel.config().setOption(ChannelOption.SO_LINGER, 60);
        channel.writeAndFlush(channel.alloc().directBuffer().writeZero(10_000_000));
        workers.submit(() -> {}).get();
        brokers.close();

        channel.close().sync();

        workers.submit(() -> {}).get(20, TimeUnit.SECONDS);
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close(); // Resets, which ends the wait.
    }
}
