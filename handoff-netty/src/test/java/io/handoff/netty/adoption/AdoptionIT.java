package io.handoff.netty.adoption;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.Frames;
import io.handoff.netty.Libc;
import io.handoff.netty.RecordingListener;
import io.handoff.netty.Servers;
import io.handoff.netty.Warns;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
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
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.Socket;
import java.io.IOException;
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

    @TempDir
    Path directory;

    private final RecordingListener listener = new RecordingListener();
    private final Queue<Channel> adopted = new ConcurrentLinkedQueue<>();
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private @Nullable HandoffServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            Servers.close(server);
        }
        adopted.forEach(channel -> channel.close().syncUninterruptibly());
        EventLoops.end(workers);
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
        ClientConnection pair = ClientConnection.unix();
        pair.client().send("before ");

        assertThat(handOff(1, pair)).isTrue();
        pair.client().send("after");

        assertThat(pair.client().receiveText(12)).isEqualTo("before after");
        pair.client().close();
    }

    @Test
    void shouldServeATcpConnectionWithTheBytesSentBeforeAndAfter() throws Exception {
        start(builder(echo));
        try (ClientConnection tcp = ClientConnection.tcp()) {
            tcp.client().send("before ");

            assertThat(handOff(1, tcp)).isTrue();
            tcp.client().send("after");

            assertThat(tcp.client().receiveText(12)).isEqualTo("before after");
            assertThat(adopted.element())
                    .isInstanceOf(io.netty.channel.socket.SocketChannel.class)
                    .extracting(Channel::remoteAddress)
                    .isEqualTo(new Socket(tcp.client().descriptor()).localAddress());
        }
    }

    @Test
    void shouldTellTheChannelWhereItComesFrom() throws Exception {
        start(builder(echo));
        ClientConnection pair = ClientConnection.unix();
        HandoffToken token = HandoffToken.random();
        byte[] traced = Frames.framed(Frames.offerFrame(token, -1)
                .setTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .setTracestate("rp=1")
                .build());
        try (TestBroker broker = connect()) {
            broker.send(token.toBytes(), pair.accepted().descriptor()).send(traced);
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, -1));
        }
        pair.accepted().close();
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
        pair.client().close();
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
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker broker = connect()) {
            broker.offer(Frames.offerFrame(token, 1).build(), pair.accepted().descriptor());
            assertThat(pair.client().receiveNow()).as("nothing is there").isEmpty();
            hold.countDown();
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
        }
        pair.accepted().close();
        assertThat(pair.client().receiveText(5)).isEqualTo("hello");
        pair.client().close();
        Objects.requireNonNull(server).close();
        EventLoops.end(control);
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
            ClientConnection pair = ClientConnection.unix();
            pair.client().send("request");
            pair.client().shutdownOutput();

            assertThat(handOff(round, pair)).isTrue();

            String answer = pair.client().receiveTextToEnd();
            assertThat(answer).isEqualTo(allowHalfClosure ? "requestbye" : "request");
            pair.client().close();
        }
    }

    @Test
    @Warns(sometimes = "Connection reset by peer")
    void shouldAcceptAClientThatHasGoneAlready() throws Exception {
        start(builder(echo));
        for (int round = 0; round < 50; round++) {
            try (ClientConnection tcp = ClientConnection.tcp()) {
                tcp.client().reset();
                assertThat(handOff(round, tcp)).isTrue();
            }
            ClientConnection pair = ClientConnection.unix();
            pair.client().close();
            assertThat(handOff(round, pair)).isTrue();
        }
        await().until(() -> adopted.stream().noneMatch(Channel::isOpen));
    }

    @Warns({"handoff adoption failed", "ChannelInitializer: Failed to initialize a channel"})
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
            ClientConnection pair = ClientConnection.unix();
            Libc.setNonBlocking(pair.accepted(), nonBlocking);
            pair.client().send("not read");
            assertNotAdopted(pair, round);
            assertThat(Libc.isNonBlocking(pair.accepted()))
                    .as("the flag that both copies share")
                    .isEqualTo(nonBlocking);
            assertThat(pair.accepted().receiveText(8)).isEqualTo("not read");
            pair.accepted().close();
            assertThat(pair.client().receiveTextToEnd()).isEmpty();
            pair.client().close();
        }
    }

    private void assertNotAdopted(ClientConnection pair, long correlationId) throws IOException {
        HandoffToken token = HandoffToken.random();
        try (TestBroker broker = connect()) {
            broker.offer(
                    Frames.offerFrame(token, correlationId).build(),
                    pair.accepted().descriptor());
            assertThat(broker.receiveToEnd())
                    .isEqualTo(Frames.rejecting(
                            token, correlationId, "handoff connection could not be adopted by the backend"));
        }
    }

    @Warns("handoff adoption failed")
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
            ClientConnection pair = ClientConnection.unix();
            assertNotAdopted(pair, round);
            pair.accepted().close();
            assertThat(pair.client().receiveTextToEnd()).isEmpty();
            pair.client().close();
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
            ClientConnection pair = ClientConnection.unix();
            pair.client().send("ping");
            TestBroker broker = connect();
            switch (step) {
                case 0 -> broker.send(new byte[] {1, 2, 3}, pair.accepted().descriptor());
                case 1 -> broker.send(token.toBytes(), pair.accepted().descriptor());
                case 2 ->
                    broker.send(token.toBytes(), pair.accepted().descriptor())
                            .send(Arrays.copyOf(offer, offer.length / 2));
                default ->
                    broker.send(token.toBytes(), pair.accepted().descriptor()).send(offer);
            }
            pair.accepted().close();
            broker.close();

            pair.client().shutdownOutput();
            assertThat(pair.client().receiveTextToEnd()).isIn(step < 3 ? List.of("") : List.of("", "ping"));
            pair.client().close();
        }
    }

    @Warns("handoff adoption failed")
    @Test
    void shouldRejectWhenTheWorkersAreShutDown() throws Exception {
        start(builder(echo));
        EventLoops.end(workers);
        for (int round = 0; round < 50; round++) {
            ClientConnection pair = ClientConnection.unix();
            assertNotAdopted(pair, round);
            pair.client().send("still open");
            assertThat(pair.accepted().receiveText(10)).isEqualTo("still open");
            pair.close();
        }
    }

    @Test
    void shouldLetGoWhenTheAckCannotBeWritten() throws Exception {
        EventLoopGroup control = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        start(builder(echo).controlLoops(control));
        for (int round = 0; round < 50; round++) {
            ClientConnection pair = ClientConnection.unix();
            CountDownLatch hold = new CountDownLatch(1);
            control.submit(() -> hold.await(30, TimeUnit.SECONDS));
            TestBroker broker = connect();
            broker.offer(
                    Frames.offerFrame(HandoffToken.random(), round).build(),
                    pair.accepted().descriptor());
            broker.close();
            pair.accepted().close();
            hold.countDown();

            assertThat(pair.client().receiveTextToEnd()).isEmpty();
            pair.client().close();
        }
        await().until(listener.ackFailures::size, count -> count == 50);
        Objects.requireNonNull(server).close();
        EventLoops.end(control);
    }

    /** Two connections, of which one is served by the loop that does not hold the tokens. */
    @Test
    void shouldGiveBackWhatALargeFrameHasTakenWhenTheDeadlineComesBeforeTheJudgement() throws Exception {
        EventLoopGroup control = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
        start(builder(echo)
                .controlLoops(control)
                .maxFrameLength(HandoffFrameDecoder.MAX_FRAME_LENGTH)
                .offerTimeout(Duration.ofSeconds(2)));
        List<HandoffToken> tokens = List.of(HandoffToken.random(), HandoffToken.random());
        ClientConnection pair = ClientConnection.unix();
        List<TestBroker> brokers = new ArrayList<>();
        for (HandoffToken token : tokens) {
            brokers.add(connect().send(token.toBytes(), pair.accepted().descriptor()));
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
        brokers.forEach(TestBroker::close);
        pair.close();
        Objects.requireNonNull(server).close();
        EventLoops.end(control);
    }

    @Test
    void shouldRejectAnOfferWhoseTokenIsNotTheOneThatCameWithTheDescriptor() throws Exception {
        HandoffToken offered = HandoffToken.random();
        start(builder(echo).expectedTokens(ExpectedTokenPolicy.pending()).pendingTokens(List.of(offered)));
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker broker = connect()) {
            broker.send(HandoffToken.random().toBytes(), pair.accepted().descriptor())
                    .send(Frames.offer(offered, 1));
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.rejecting(offered, 1, "handoff token mismatch"));
        }
        assertThat(running().tokens().pendingCount().get())
                .as("nothing is consumed")
                .isEqualTo(1);
        pair.close();
    }

    @Test
    void shouldRejectTheSecondOfTwoThatCarryTheSameToken() throws Exception {
        start(builder(echo));
        HandoffToken token = HandoffToken.random();
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker first = connect();
                TestBroker second = connect()) {
            first.send(token.toBytes(), pair.accepted().descriptor());
            await().until(() -> running().tokens().pendingCount().get(), count -> count == 1);
            second.offer(Frames.offerFrame(token, 2).build(), pair.accepted().descriptor());
            assertThat(second.receiveToEnd())
                    .isEqualTo(
                            Frames.rejecting(token, 2, "handoff token store error: handoff token is already pending"));
            first.send(Frames.offer(token, 1));
            assertThat(first.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
        }
        pair.close();
    }

    @Test
    void shouldForgetACarriedTokenWhenItsConnectionCloses() throws Exception {
        start(builder(echo));
        ClientConnection pair = ClientConnection.unix();
        TestBroker broker = connect();
        broker.send(HandoffToken.random().toBytes(), pair.accepted().descriptor());
        await().until(() -> running().tokens().pendingCount().get(), count -> count == 1);
        broker.close();
        await().until(() -> running().tokens().pendingCount().get(), count -> count == 0);
        pair.accepted().close();
        assertThat(pair.client().receiveTextToEnd()).isEmpty();
        pair.client().close();
    }

    @Test
    void shouldTakeOneOfferForOneDescriptor() throws Exception {
        start(builder(echo).expectedTokens(ExpectedTokenPolicy.pending()));
        HandoffToken token = running().tokens().issue().get();
        HandoffToken other = running().tokens().issue().get();
        ClientConnection pair = ClientConnection.unix();
        try (TestBroker broker = connect()) {
            broker.send(token.toBytes(), pair.accepted().descriptor())
                    .send(Frames.concat(Frames.offer(token, 1), Frames.offer(other, 2), Frames.offer(token, 3)));
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
        }
        assertThat(running().tokens().pendingCount().get()).isEqualTo(1);
        pair.close();
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
                ClientConnection pair = ClientConnection.unix();
                String text = "connection " + id;
                pair.client().send(text);
                assertThat(handOff(id, pair)).isTrue();
                assertThat(pair.client().receiveText(text.length())).isEqualTo(text);
                pair.client().close();
                return text;
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
            ClientConnection pair = ClientConnection.unix();
            assertThat(handOff(id, pair)).isTrue();
            pair.client().close();
        }

        assertThat(initialized).containsExactlyElementsOf(offered);
        assertThat(Set.copyOf(offered)).as("both loops have had some").hasSize(2);
    }

    private HandoffServerBuilder builder(ChannelHandler initializer) {
        return HandoffServer.builder(directory.resolve("handoff.sock"))
                .adoptInto(workers, initializer)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .offerTimeout(Duration.ofSeconds(20))
                .listener(listener);
    }

    private void start(HandoffServerBuilder builder) throws Exception {
        server = builder.start().get();
    }

    private HandoffServer running() {
        return Objects.requireNonNull(server);
    }

    private TestBroker connect() throws IOException {
        return TestBroker.connect(running().path());
    }

    /** Hands one end of a connection off and lets go of it; tells whether it was accepted. */
    private boolean handOff(long correlationId, ClientConnection connection) throws IOException {
        HandoffToken token = HandoffToken.random();
        try (TestBroker broker = connect()) {
            broker.offer(
                    Frames.offerFrame(token, correlationId).build(),
                    connection.accepted().descriptor());
            byte[] answer = broker.receiveToEnd();
            connection.accepted().close();
            return Arrays.equals(answer, Frames.accepting(token, correlationId));
        }
    }
}
