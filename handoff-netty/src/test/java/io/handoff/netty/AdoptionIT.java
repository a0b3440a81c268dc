package io.handoff.netty;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that change hands: sent by a program that makes its system calls itself, served by a real server. */
@ExtendWith(NoDescriptorsLeft.class)
class AdoptionIT {

    private static final int SHUT_WR = 1;

    @TempDir
    Path directory;

    private final RecordingListener listener = new RecordingListener();
    private final Queue<Channel> adopted = new ConcurrentLinkedQueue<>();
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private @Nullable HandoffServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        adopted.forEach(channel -> channel.close().syncUninterruptibly());
        workers.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Echoes, and closes when the client has ended. */
    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            adopted.add(ctx.channel());
            ctx.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.writeAndFlush(msg);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                ctx.writeAndFlush(Unpooled.copiedBuffer("bye", UTF_8)).addListener(sent -> ctx.close());
            }
        }
    }

    private final ChannelInitializer<Channel> echo = new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Echo());
        }
    };

    @Test
    void shouldServeAUnixConnectionWithTheBytesSentBeforeAndAfter() throws Exception {
        start(builder(echo));
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        write(pair[1], "before ");

        assertThat(handOff(HandoffToken.random(), 1, pair[0])).isTrue();
        write(pair[1], "after");

        assertThat(read(pair[1], 12)).isEqualTo("before after");
        C.close(pair[1]);
    }

    @Test
    void shouldServeATcpConnectionWithTheBytesSentBeforeAndAfter() throws Exception {
        start(builder(echo));
        try (TcpPair tcp = new TcpPair()) {
            tcp.client.write(ByteBuffer.wrap("before ".getBytes(UTF_8)));

            assertThat(handOff(HandoffToken.random(), 1, tcp.server.intValue())).isTrue();
            tcp.client.write(ByteBuffer.wrap("after".getBytes(UTF_8)));

            ByteBuffer echoed = ByteBuffer.allocate(12);
            while (echoed.hasRemaining()) {
                tcp.client.read(echoed);
            }
            assertThat(new String(echoed.array(), UTF_8)).isEqualTo("before after");
            assertThat(adopted.element())
                    .isInstanceOf(EpollSocketChannel.class)
                    .extracting(Channel::remoteAddress)
                    .isEqualTo(tcp.client.getLocalAddress());
        }
    }

    @Test
    void shouldTellTheChannelWhereItComesFrom() throws Exception {
        start(builder(echo));
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        HandoffToken token = HandoffToken.random();
        byte[] traced = Frames.framed(Frames.offerFrame(token, -1)
                .setTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .setTracestate("rp=1")
                .build());
        try (NativeBroker broker = connect()) {
            broker.send(token.toBytes(), pair[0]).send(traced);
            assertThat(broker.receiveUntilClosed()).isEqualTo(Frames.accepting(token, -1));
        }
        C.close(pair[0]);
        await().until(() -> !adopted.isEmpty());

        HandedOffConnection origin =
                adopted.element().attr(HandedOffConnection.KEY).get();
        assertThat(origin.serviceName()).isEqualTo("zccache");
        assertThat(origin.correlationId()).isEqualTo(-1);
        assertThat(origin.broker().pid())
                .isEqualTo(Math.toIntExact(ProcessHandle.current().pid()));
        assertThat(origin.traceparent()).isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assertThat(origin.tracestate()).isEqualTo("rp=1");
        assertThat(origin.arrivedAt()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        C.close(pair[1]);
    }

    @Test
    void shouldSendNoByteToTheClientBeforeTheTokenIsJudged() throws Exception {
        EventLoopGroup control = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        HandoffToken token = HandoffToken.random();
        start(builder(greeting())
                .controlLoops(control)
                .expectedTokens(ExpectedTokenPolicy.pending())
                .pendingTokens(List.of(token)));
        CountDownLatch hold = new CountDownLatch(1);
        control.submit(() -> hold.await(30, TimeUnit.SECONDS));
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        C.fcntl(pair[1], 4, Libc.O_NONBLOCK);
        try (NativeBroker broker = connect()) {
            broker.handOff(token, 1, pair[0]);
            assertThat(C.read(pair[1], new byte[1], 1)).as("nothing is there").isEqualTo(-1);
            hold.countDown();
            assertThat(broker.receiveUntilClosed()).isEqualTo(Frames.accepting(token, 1));
        }
        C.close(pair[0]);
        C.fcntl(pair[1], 4, 0);
        assertThat(read(pair[1], 5)).isEqualTo("hello");
        C.close(pair[1]);
        Objects.requireNonNull(server).close();
        control.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private ChannelInitializer<Channel> greeting() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        adopted.add(ctx.channel());
                        ctx.writeAndFlush(Unpooled.copiedBuffer("hello", UTF_8));
                    }
                });
            }
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeAClientThatHasEndedItsSideAlready(boolean allowHalfClosure) throws Exception {
        start(builder(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, allowHalfClosure);
                channel.pipeline().addLast(new Echo());
            }
        }));
        for (int round = 0; round < 50; round++) {
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            write(pair[1], "request");
            checked(C.shutdown(pair[1], SHUT_WR));

            assertThat(handOff(HandoffToken.random(), round, pair[0])).isTrue();

            String answer = readUntilClosed(pair[1]);
            assertThat(answer).isEqualTo(allowHalfClosure ? "requestbye" : "request");
            C.close(pair[1]);
        }
    }

    @Test
    void shouldAcceptAClientThatHasGoneAlready() throws Exception {
        start(builder(echo));
        for (int round = 0; round < 50; round++) {
            try (TcpPair tcp = new TcpPair()) {
                tcp.client.setOption(StandardSocketOptions.SO_LINGER, 0);
                tcp.client.close(); // Resets.
                assertThat(handOff(HandoffToken.random(), round, tcp.server.intValue()))
                        .isTrue();
            }
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            C.close(pair[1]);
            assertThat(handOff(HandoffToken.random(), round, pair[0])).isTrue();
        }
        await().until(() -> adopted.stream().noneMatch(Channel::isOpen));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRejectAndLeaveTheConnectionUntouchedWhenTheInitializerThrows(boolean nonBlocking) throws Exception {
        start(builder(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.write(Unpooled.copiedBuffer("never to be sent", UTF_8));
                throw new IllegalStateException("initializer of this test");
            }
        }));
        for (int round = 0; round < 50; round++) {
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            C.fcntl(pair[0], 4, nonBlocking ? Libc.O_NONBLOCK : 0);
            write(pair[1], "not read");
            HandoffToken token = HandoffToken.random();
            try (NativeBroker broker = connect()) {
                broker.handOff(token, round, pair[0]);
                assertThat(broker.receiveUntilClosed())
                        .isEqualTo(Frames.rejecting(
                                token, round, "handoff connection could not be adopted by the backend"));
            }
            assertThat(C.fcntl(pair[0], Libc.F_GETFL, 0) & Libc.O_NONBLOCK)
                    .as("the flag that both copies share")
                    .isEqualTo(nonBlocking ? Libc.O_NONBLOCK : 0);
            assertThat(read(pair[0], 8)).isEqualTo("not read");
            C.close(pair[0]);
            assertThat(readUntilClosed(pair[1])).isEmpty();
            C.close(pair[1]);
        }
    }

    @Test
    void shouldRejectWhenAHandlerCannotBeAdded() throws Exception {
        start(builder(new ChannelInboundHandlerAdapter() {
            @Override
            public boolean isSharable() {
                return true;
            }

            @Override
            public void handlerAdded(ChannelHandlerContext ctx) {
                throw new IllegalStateException("handler of this test");
            }
        }));
        for (int round = 0; round < 5; round++) {
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            HandoffToken token = HandoffToken.random();
            try (NativeBroker broker = connect()) {
                broker.handOff(token, round, pair[0]);
                assertThat(broker.receiveUntilClosed())
                        .isEqualTo(Frames.rejecting(
                                token, round, "handoff connection could not be adopted by the backend"));
            }
            C.close(pair[0]);
            assertThat(readUntilClosed(pair[1])).isEmpty();
            C.close(pair[1]);
        }
    }

    /** Wherever the broker dies, the client is served here or sees its connection closed. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldServeOrCloseWhenTheBrokerDies(int step) throws Exception {
        start(builder(echo).offerTimeout(Duration.ofMillis(500)));
        for (int round = 0; round < 100; round++) {
            HandoffToken token = HandoffToken.random();
            byte[] offer = Frames.offer(token, round);
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            write(pair[1], "ping");
            NativeBroker broker = connect();
            switch (step) {
                case 0 -> broker.send(new byte[] {1, 2, 3}, pair[0]);
                case 1 -> broker.send(token.toBytes(), pair[0]);
                case 2 -> broker.send(token.toBytes(), pair[0]).send(Arrays.copyOf(offer, offer.length / 2));
                default -> broker.send(token.toBytes(), pair[0]).send(offer);
            }
            C.close(pair[0]);
            broker.close();

            checked(C.shutdown(pair[1], SHUT_WR));
            assertThat(readUntilClosed(pair[1])).isIn(step < 3 ? List.of("") : List.of("", "ping"));
            C.close(pair[1]);
        }
    }

    @Test
    void shouldRejectWhenTheWorkersAreShutDown() throws Exception {
        start(builder(echo));
        workers.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        for (int round = 0; round < 50; round++) {
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            HandoffToken token = HandoffToken.random();
            try (NativeBroker broker = connect()) {
                broker.handOff(token, round, pair[0]);
                assertThat(broker.receiveUntilClosed())
                        .isEqualTo(Frames.rejecting(
                                token, round, "handoff connection could not be adopted by the backend"));
            }
            write(pair[1], "still open");
            assertThat(read(pair[0], 10)).isEqualTo("still open");
            C.close(pair[0]);
            C.close(pair[1]);
        }
    }

    @Test
    void shouldLetGoWhenTheAckCannotBeWritten() throws Exception {
        EventLoopGroup control = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        start(builder(echo).controlLoops(control));
        for (int round = 0; round < 50; round++) {
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            CountDownLatch hold = new CountDownLatch(1);
            control.submit(() -> hold.await(30, TimeUnit.SECONDS));
            NativeBroker broker = connect();
            broker.handOff(HandoffToken.random(), round, pair[0]);
            broker.close();
            C.close(pair[0]);
            hold.countDown();

            assertThat(readUntilClosed(pair[1])).isEmpty();
            C.close(pair[1]);
        }
        await().until(listener.ackFailures::size, count -> count == 50);
        Objects.requireNonNull(server).close();
        control.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    /** Two connections, of which one is served by the loop that does not hold the tokens. */
    @Test
    void shouldGiveBackWhatALargeFrameHasTakenWhenTheDeadlineComesBeforeTheJudgement() throws Exception {
        EventLoopGroup control = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
        start(builder(echo)
                .controlLoops(control)
                .maxFrameLength(HandoffFrameDecoder.MAX_FRAME_LENGTH)
                .offerTimeout(Duration.ofSeconds(1)));
        List<HandoffToken> tokens = List.of(HandoffToken.random(), HandoffToken.random());
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        List<NativeBroker> brokers = new ArrayList<>();
        for (HandoffToken token : tokens) {
            brokers.add(connect().send(token.toBytes(), pair[0]));
        }
        await().until(() -> running().tokens().pendingCount().get(), count -> count == 2);
        CountDownLatch hold = new CountDownLatch(1);
        running().tokens().pendingCount().addListener(counted -> hold.await(30, TimeUnit.SECONDS));
        for (int i = 0; i < 2; i++) {
            brokers.get(i).send(Frames.largeOffer(tokens.get(i), i));
        }
        await().until(() -> running().metrics().openConnections(), open -> open == 1);
        hold.countDown();

        await().until(() -> running().metrics().openConnections(), open -> open == 0);
        await().until(() -> running().metrics().largeFrameBytes(), bytes -> bytes == 0);
        brokers.forEach(NativeBroker::close);
        C.close(pair[0]);
        C.close(pair[1]);
        Objects.requireNonNull(server).close();
        control.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void shouldRejectAnOfferWhoseTokenIsNotTheOneThatCameWithTheDescriptor() throws Exception {
        HandoffToken offered = HandoffToken.random();
        start(builder(echo).expectedTokens(ExpectedTokenPolicy.pending()).pendingTokens(List.of(offered)));
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        try (NativeBroker broker = connect()) {
            broker.send(HandoffToken.random().toBytes(), pair[0]).send(Frames.offer(offered, 1));
            assertThat(broker.receiveUntilClosed()).isEqualTo(Frames.rejecting(offered, 1, "handoff token mismatch"));
        }
        assertThat(running().tokens().pendingCount().get())
                .as("nothing is consumed")
                .isEqualTo(1);
        C.close(pair[0]);
        C.close(pair[1]);
    }

    @Test
    void shouldRejectTheSecondOfTwoThatCarryTheSameToken() throws Exception {
        start(builder(echo));
        HandoffToken token = HandoffToken.random();
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        try (NativeBroker first = connect();
                NativeBroker second = connect()) {
            first.send(token.toBytes(), pair[0]);
            await().until(() -> running().tokens().pendingCount().get(), count -> count == 1);
            second.handOff(token, 2, pair[0]);
            assertThat(second.receiveUntilClosed())
                    .isEqualTo(
                            Frames.rejecting(token, 2, "handoff token store error: handoff token is already pending"));
            first.send(Frames.offer(token, 1));
            assertThat(first.receiveUntilClosed()).isEqualTo(Frames.accepting(token, 1));
        }
        C.close(pair[0]);
        C.close(pair[1]);
    }

    @Test
    void shouldForgetACarriedTokenWhenItsConnectionCloses() throws Exception {
        start(builder(echo));
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        NativeBroker broker = connect();
        broker.send(HandoffToken.random().toBytes(), pair[0]);
        await().until(() -> running().tokens().pendingCount().get(), count -> count == 1);
        broker.close();
        await().until(() -> running().tokens().pendingCount().get(), count -> count == 0);
        C.close(pair[0]);
        assertThat(readUntilClosed(pair[1])).isEmpty();
        C.close(pair[1]);
    }

    @Test
    void shouldTakeOneOfferForOneDescriptor() throws Exception {
        start(builder(echo).expectedTokens(ExpectedTokenPolicy.pending()));
        HandoffToken token = running().tokens().issue().get();
        HandoffToken other = running().tokens().issue().get();
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        try (NativeBroker broker = connect()) {
            broker.send(token.toBytes(), pair[0])
                    .send(Frames.concat(Frames.offer(token, 1), Frames.offer(other, 2), Frames.offer(token, 3)));
            assertThat(broker.receiveUntilClosed()).isEqualTo(Frames.accepting(token, 1));
        }
        assertThat(running().tokens().pendingCount().get()).isEqualTo(1);
        C.close(pair[0]);
        C.close(pair[1]);
    }

    @Test
    void shouldAdoptAThousandConnectionsHandedOffAtOnce() throws Exception {
        start(builder(echo).controlLoops(workers));
        int handoffs = 1000;
        ExecutorService brokers = Executors.newFixedThreadPool(32);
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < handoffs; i++) {
            int id = i;
            done.add(brokers.submit(() -> {
                int[] pair = Libc.pair(Libc.SOCK_STREAM);
                String text = "connection " + id;
                write(pair[1], text);
                assertThat(handOff(HandoffToken.random(), id, pair[0])).isTrue();
                assertThat(read(pair[1], text.length())).isEqualTo(text);
                C.close(pair[1]);
            }));
        }
        for (var handoff : done) {
            handoff.get();
        }
        brokers.shutdown();
        assertThat(running().metrics().offersAccepted()).isEqualTo(handoffs);
        assertThat(adopted).hasSize(handoffs);
        await().until(() -> adopted.stream().noneMatch(Channel::isOpen));
        running().close();
    }

    @Test
    void shouldAdoptOnTheLoopOfTheHandoffConnectionWhenBothHaveTheSameLoops() throws Exception {
        Queue<Thread> offered = new ConcurrentLinkedQueue<>();
        Queue<Thread> initialized = new ConcurrentLinkedQueue<>();
        start(builder(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        initialized.add(Thread.currentThread());
                        channel.pipeline().addLast(new Echo());
                    }
                })
                .controlLoops(workers)
                .admission((offer, peer) -> {
                    offered.add(Thread.currentThread());
                    return Optional.empty();
                }));
        for (int id = 1; id <= 8; id++) {
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            assertThat(handOff(HandoffToken.random(), id, pair[0])).isTrue();
            C.close(pair[1]);
        }

        assertThat(initialized).containsExactlyElementsOf(offered);
        assertThat(Set.copyOf(offered)).as("both loops have had some").hasSize(2);
    }

    private HandoffServer.Builder builder(ChannelHandler initializer) {
        return HandoffServer.builder(directory.resolve("handoff.sock"))
                .adoptInto(workers, initializer)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .offerTimeout(Duration.ofSeconds(20))
                .listener(listener);
    }

    private void start(HandoffServer.Builder builder) throws Exception {
        server = builder.start().get();
    }

    private HandoffServer running() {
        return Objects.requireNonNull(server);
    }

    private NativeBroker connect() {
        return NativeBroker.connect(running().path());
    }

    /** Hands one end of a connection off and lets go of it; tells whether it was accepted. */
    private boolean handOff(HandoffToken token, long correlationId, int descriptor) {
        try (NativeBroker broker = connect()) {
            broker.handOff(token, correlationId, descriptor);
            byte[] answer = broker.receiveUntilClosed();
            C.close(descriptor);
            return Arrays.equals(answer, Frames.accepting(token, correlationId));
        }
    }

    private static void write(int descriptor, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        assertThat(C.write(descriptor, bytes, bytes.length)).isEqualTo(bytes.length);
    }

    private static String read(int descriptor, int length) {
        ByteBuf all = Unpooled.buffer(length);
        while (all.readableBytes() < length) {
            byte[] piece = new byte[length - all.readableBytes()];
            int read = checked((int) C.read(descriptor, piece, piece.length));
            assertThat(read).as("more to read").isPositive();
            all.writeBytes(piece, 0, read);
        }
        return all.toString(UTF_8);
    }

    private static String readUntilClosed(int descriptor) {
        ByteBuf all = Unpooled.buffer();
        byte[] piece = new byte[1024];
        for (long read = C.read(descriptor, piece, piece.length);
                read > 0;
                read = C.read(descriptor, piece, piece.length)) {
            all.writeBytes(piece, 0, (int) read);
        }
        return all.toString(UTF_8);
    }

    /** A client's TCP connection and the broker's end of it, on the loopback interface. */
    private static final class TcpPair implements AutoCloseable {
        final SocketChannel client;
        final Socket server;

        TcpPair() throws IOException {
            Socket listening = Socket.newSocketStream();
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            listening.listen(1);
            client = SocketChannel.open(listening.localAddress());
            server = new Socket(checked(listening.accept(new byte[26])));
            listening.close();
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }
}
