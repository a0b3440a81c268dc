package io.handoff.netty.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.Frames;
import io.handoff.netty.RecordingListener;
import io.handoff.netty.Servers;
import io.handoff.netty.Warns;
import io.handoff.netty.answer.BackendChannel;
import io.handoff.netty.answer.WireVector;
import io.handoff.netty.descriptor.ProcessUid;
import io.handoff.netty.observe.ConnectionRefusal;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.HandoffRejection.Reason;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server behind its real socket, driven by a peer that only writes and reads bytes. */
@ExtendWith(NoDescriptorsLeft.class)
class HandoffServerIT {

    private static final HandoffToken TOKEN = HandoffToken.ofHex("000102030405060708090a0b0c0d0e0f");

    @TempDir
    Path directory;

    private final RecordingListener listener = new RecordingListener();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : opened) {
            resource.close();
        }
    }

    @ParameterizedTest
    @MethodSource("io.handoff.netty.answer.WireVector#all")
    void shouldDoAsTheVectorSays(WireVector vector) throws Exception {
        HandoffServer server = start(builder().expectedTokens(vector.policy()));
        for (HandoffToken token : vector.pending()) {
            server.tokens().register(token).get();
        }

        TestBroker broker = connect(server).send(vector.send());
        if (vector.thenEof()) {
            broker.shutdownOutput();
        }

        if (vector.closes()) {
            assertThat(broker.receiveToEnd()).isEmpty();
            await().until(listener.wireErrors::size, size -> size == 1);
            assertThat(listener.wireErrors.element().getMessage()).matches(vector::matchesError, vector.error());
            assertThat(listener.judged).isEmpty();
        } else {
            assertThat(broker.receive(vector.reply().length)).isEqualTo(vector.reply());
            assertThat(broker.shutdownOutput().receiveToEnd())
                    .as("nothing follows the ACKs")
                    .isEmpty();
            assertThat(listener.wireErrors).isEmpty();
        }
    }

    @Test
    void shouldStillAnswerWhenThePeerHasShutItsWritingSide() throws Exception {
        HandoffServer server = start(builder());
        server.tokens().register(TOKEN).get();

        TestBroker broker = connect(server).send(Frames.offer(TOKEN, 7)).shutdownOutput();

        assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(TOKEN, 7));
    }

    @Test
    void shouldKeepTheOrderOfTheAcksWhenTheTokensLiveOnAnotherLoop() throws Exception {
        HandoffServer server = start(builder().controlLoops(loops(2)));
        List<TestBroker> brokers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            brokers.add(connect(server));
        }
        for (TestBroker broker : brokers) {
            ByteArrayOutputStream offers = new ByteArrayOutputStream();
            ByteArrayOutputStream acks = new ByteArrayOutputStream();
            for (int id = 1; id <= 1000; id++) {
                HandoffToken token = HandoffToken.random();
                if (id % 5 == 0) {
                    server.tokens().register(token).get();
                    acks.writeBytes(Frames.accepting(token, id));
                } else {
                    acks.writeBytes(Frames.rejecting(token, id, "handoff token is not pending"));
                }
                offers.writeBytes(Frames.offer(token, id));
            }
            broker.send(offers.toByteArray()).shutdownOutput();
            assertThat(broker.receiveToEnd()).isEqualTo(acks.toByteArray());
        }
    }

    @Test
    void shouldAnswerEveryOfferWhenThePeerReadsNoAckUntilItHasShutItsWritingSide() throws Exception {
        // So many that most are read at the end of the input, and answered after it.
        int count = 3000;
        HandoffServer server = start(framedOnly().controlLoops(loops(2)));
        ByteArrayOutputStream offers = new ByteArrayOutputStream();
        ByteArrayOutputStream acks = new ByteArrayOutputStream();
        for (int id = 1; id <= count; id++) {
            offers.writeBytes(Frames.offer(TOKEN, id));
            acks.writeBytes(Frames.rejecting(TOKEN, id, "handoff token is not pending"));
        }
        List<TestBroker> brokers = List.of(connect(server), connect(server));
        for (TestBroker broker : brokers) {
            broker.send(offers.toByteArray()).shutdownOutput();
        }

        await().until(
                        () -> server.metrics().offersRejected(HandoffRejection.Reason.TOKEN_NOT_PENDING),
                        rejected -> rejected == 2L * count);
        for (TestBroker broker : brokers) {
            assertThat(broker.receiveToEnd()).isEqualTo(acks.toByteArray());
        }
    }

    @Test
    void shouldAnswerTheOffersBeforeAnErrorAlsoWhenTheTokensLiveOnAnotherLoop() throws Exception {
        HandoffServer server = start(builder().controlLoops(loops(2)));
        for (int connection = 0; connection < 2; connection++) {
            HandoffToken token = server.tokens().issue().get();
            TestBroker broker = connect(server).send(Frames.concat(Frames.offer(token, 1), new byte[] {9}));
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
        }
        await().until(listener.wireErrors::size, size -> size == 2);
    }

    /** What a loop has been given runs before it ends. */
    @Test
    void shouldJudgeTheOfferThatWaitsForTheLoopOfTheTokensWhenThatLoopEnds() throws Exception {
        EventLoopGroup loops = loops(2);
        HandoffServer server = start(framedOnly().controlLoops(loops));
        HandoffToken token = server.tokens().issue().get();
        SingleThreadEventExecutor tokenLoop =
                (SingleThreadEventExecutor) server.tokens().executor();
        // The loops take turns, and the first turn was that of the tokens.
        TestBroker onTheOtherLoop = connect(server);
        await().until(() -> server.metrics().openConnections(), open -> open == 1);
        CountDownLatch judging = new CountDownLatch(1);
        Future<Void> busy = tokenLoop.submit(() -> {
            judging.await();
            return null;
        });

        onTheOtherLoop.send(Frames.offer(token, 1)).shutdownOutput();
        await().until(tokenLoop::pendingTasks, waiting -> waiting == 1);
        tokenLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        judging.countDown();

        assertThat(onTheOtherLoop.receiveToEnd()).isEqualTo(Frames.accepting(token, 1));
        busy.get();
        tokenLoop.terminationFuture().sync();
        // A loop of Netty's that is told to end within a task leaves its channels open.
        ((UnixChannel) server.acceptor.channel()).fd().close();
    }

    /** A frame of another version, and one that the end of the connection cuts off. */
    @ParameterizedTest
    @ValueSource(bytes = {9, 1})
    void shouldTellOfAnErrorWhenTheConnectionClosesBeforeTheOffersAreJudged(byte beginning) throws Exception {
        CountDownLatch judging = new CountDownLatch(1);
        EventLoopGroup tokenLoop = loops(1);
        Future<Void> busy = tokenLoop.submit(() -> {
            judging.await();
            return null;
        });
        BackendChannel backend = new BackendChannel(new HandoffTokens(new HandoffTokenStore(
                tokenLoop.next(), HandoffTokenStore.DEFAULT_MAX_PENDING, HandoffTokenStore.DEFAULT_TIME_TO_LIVE)));

        backend.receive(Frames.concat(Frames.offer(TOKEN, 1), new byte[] {beginning}), 1024);
        assertThat(backend.errors).isEmpty();
        backend.channel.close();

        assertThat(backend.errors).singleElement().isInstanceOf(HandoffWireException.class);
        judging.countDown();
        busy.get();
        tokenLoop.submit(() -> {}).get();
        backend.channel.finishAndReleaseAll();
        assertThat(backend.errors).hasSize(1);
    }

    @Test
    @Timeout(180)
    void shouldAcceptExactlyOneWhenManyConnectionsPresentTheSameToken() throws Exception {
        int connections = 64;
        HandoffServer server = start(builder().controlLoops(loops(3)));
        List<TestBroker> brokers = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            brokers.add(connect(server));
        }
        CyclicBarrier together = new CyclicBarrier(connections);
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        opened.add(threads::shutdownNow);

        for (int round = 0; round < 200; round++) {
            HandoffToken token = server.tokens().issue().get();
            byte[] accepting = Frames.accepting(token, round);
            byte[] rejecting = Frames.rejecting(token, round, "handoff token is not pending");
            long id = round;
            List<Callable<Boolean>> presentations = new ArrayList<>();
            for (TestBroker broker : brokers) {
                presentations.add(() -> {
                    together.await();
                    broker.send(Frames.offer(token, id));
                    byte[] ack = broker.receive(accepting.length);
                    if (Arrays.equals(ack, accepting)) {
                        return true;
                    }
                    byte[] rest = broker.receive(rejecting.length - accepting.length);
                    assertThat(Frames.concat(ack, rest)).isEqualTo(rejecting);
                    return false;
                });
            }
            int accepted = 0;
            for (var presentation : threads.invokeAll(presentations)) {
                accepted += presentation.get() ? 1 : 0;
            }
            assertThat(accepted).as("accepted in round %d", round).isEqualTo(1);
        }

        assertThat(server.metrics().offersAccepted()).isEqualTo(200);
        assertThat(server.metrics().offersRejected(HandoffRejection.Reason.TOKEN_NOT_PENDING))
                .isEqualTo(200 * 63);
    }

    @Test
    void shouldCloseAPeerThatSendsOneByteAndWaits() throws Exception {
        HandoffServer server = start(builder().offerTimeout(Duration.ofMillis(300)));
        long start = System.nanoTime();

        TestBroker broker = connect(server).send(new byte[] {1});

        assertThat(broker.receiveToEnd()).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        await().until(() -> server.metrics().wireErrors(Kind.DEADLINE_EXCEEDED), count -> count == 1);
    }

    @Test
    void shouldStopReadingAndCloseAtTheDeadlineWhenThePeerDoesNotReadItsAcks() throws Exception {
        HandoffServer server = start(builder().offerTimeout(Duration.ofSeconds(1)));
        TestBroker broker = connect(server);
        byte[] offer = Frames.offer(TOKEN, 1);
        int position = 0;
        long sent = 0;
        long limit = 1_000_000;
        while (sent < limit && server.metrics().wireErrors(Kind.DEADLINE_EXCEEDED) == 0) {
            try {
                position += broker.socket().sendNow(Arrays.copyOfRange(offer, position, offer.length));
            } catch (IOException e) {
                break;
            }
            if (position == offer.length) {
                position = 0;
                sent++;
            }
        }

        await().until(() -> server.metrics().wireErrors(Kind.DEADLINE_EXCEEDED), count -> count == 1);
        assertThat(sent)
                .as("offers taken from a peer that reads none of its ACKs")
                .isBetween(1L, 100_000L);
        assertThat(listener.wireErrors.element()).hasMessage("HandoffAck was not read within 1000 ms");
        await().until(() -> server.metrics().openConnections(), open -> open == 0);
    }

    /** Whoever has connected may have sent a descriptor already: without an answer its client would be lost. */
    @Test
    void shouldRejectTheFirstOfferOfAConnectionOverTheCapAndCloseIt() throws Exception {
        HandoffServer server = start(builder().maxConnections(1));
        connect(server);
        await().until(() -> server.metrics().openConnections(), open -> open == 1);
        HandoffToken token = server.tokens().issue().get();

        byte[] answer = connect(server).send(Frames.offer(token, 7)).receiveToEnd();

        assertThat(answer).isEqualTo(Frames.rejecting(token, 7, "handoff backend is at its limit of 1 connections"));
        assertThat(server.metrics().offersRejected(Reason.CONNECTION_LIMIT)).isEqualTo(1);
        assertThat(server.metrics().connectionsRefused(ConnectionRefusal.CONNECTION_LIMIT))
                .isZero();
        assertThat(server.tokens().revoke(token).get()).as("is still pending").isTrue();
    }

    @Test
    void shouldCloseAConnectionOverTheCapThatOffersNothing() throws Exception {
        HandoffServer server = start(builder().maxConnections(1).offerTimeout(Duration.ofMinutes(1)));
        connect(server);
        await().until(() -> server.metrics().openConnections(), open -> open == 1);

        assertThat(connect(server).receiveToEnd()).isEmpty();

        await().until(listener.wireErrors::size, size -> size == 1);
        assertThat(listener.wireErrors.element())
                .hasMessage("no HandoffOffer was received and answered within 1000 ms");
    }

    @Test
    void shouldRefuseTheConnectionOverTheReserveAndServeTheOthers() throws Exception {
        HandoffServer server = start(builder().maxConnections(2));
        TestBroker first = connect(server);
        TestBroker second = connect(server);
        await().until(() -> server.metrics().openConnections(), open -> open == 2);

        // Those in the reserve are closed after a second, so on a busy machine it may take more than its size.
        await().until(() -> {
            for (int i = 0; i < 40; i++) {
                connect(server);
            }
            return !listener.refused.isEmpty();
        });

        assertThat(listener.refused.element().refusal()).isEqualTo(ConnectionRefusal.CONNECTION_LIMIT);
        assertThat(server.metrics().connectionsRefused(ConnectionRefusal.CONNECTION_LIMIT))
                .isPositive();
        for (TestBroker broker : List.of(first, second)) {
            HandoffToken token = server.tokens().issue().get();
            byte[] ack = Frames.accepting(token, 3);
            assertThat(broker.send(Frames.offer(token, 3)).receive(ack.length)).isEqualTo(ack);
        }

        first.close();
        await().until(() -> server.metrics().openConnections(), open -> open <= 1);
        HandoffToken token = server.tokens().issue().get();
        byte[] ack = Frames.accepting(token, 4);
        assertThat(connect(server).send(Frames.offer(token, 4)).receive(ack.length))
                .isEqualTo(ack);
    }

    @Test
    void shouldRefuseALargeFrameBesideOthersAndServeSmallOnes() throws Exception {
        HandoffServer server = start(builder().maxFrameLength(1 << 20).maxLargeFrameBytes(1 << 20));
        byte[] large = Frames.framed(new byte[1 << 20]);
        TestBroker first = connect(server).send(Arrays.copyOf(large, 200_000));
        await().until(() -> server.metrics().largeFrameBytes(), bytes -> bytes == 1 << 20);

        TestBroker second = connect(server).send(Arrays.copyOf(large, 5));

        assertThat(second.receiveToEnd()).isEmpty();
        await().until(() -> server.metrics().wireErrors(Kind.FRAME_BUDGET_EXCEEDED), count -> count == 1);
        HandoffToken token = server.tokens().issue().get();
        byte[] ack = Frames.accepting(token, 3);
        assertThat(connect(server).send(Frames.offer(token, 3)).receive(ack.length))
                .isEqualTo(ack);
        first.close();
        await().until(() -> server.metrics().largeFrameBytes(), bytes -> bytes == 0);
    }

    @Test
    void shouldRefuseAPeerThatThePolicyDoesNotPermit() throws Exception {
        HandoffServer server = start(builder()
                .peerPolicy(PeerPolicy.uids(ProcessUid.effective() + 1))
                .offerTimeout(Duration.ofMillis(500)));

        assertThat(connect(server).receiveToEnd()).isEmpty();

        await().until(listener.refused::size, size -> size == 1);
        RecordingListener.Refused refused = listener.refused.element();
        assertThat(refused.refusal()).isEqualTo(ConnectionRefusal.PEER_NOT_PERMITTED);
        assertThat(refused.peer().pid())
                .isEqualTo(Math.toIntExact(ProcessHandle.current().pid()));
        assertThat(refused.peer().uid()).isEqualTo(ProcessUid.effective());
        assertThat(server.metrics().connectionsRefused(ConnectionRefusal.PEER_NOT_PERMITTED))
                .isEqualTo(1);
    }

    @Warns("handoff PeerPolicy failed")
    @Test
    void shouldRefuseAndGoOnAcceptingWhenThePolicyThrows() throws Exception {
        HandoffServer server = start(builder()
                .peerPolicy(peer -> {
                    throw new IllegalStateException("policy of this test");
                })
                .offerTimeout(Duration.ofMillis(500)));

        for (int i = 0; i < 3; i++) {
            assertThat(connect(server).receiveToEnd()).isEmpty();
        }

        await().until(
                        () -> server.metrics().connectionsRefused(ConnectionRefusal.PEER_NOT_PERMITTED),
                        count -> count == 3);
    }

    @Test
    void shouldAskTheAdmissionWithTheRealPeer() throws Exception {
        List<HandoffPeer> asked = new ArrayList<>();
        HandoffServer server = start(builder().admission((offer, peer) -> {
            asked.add(peer);
            return Optional.of("service " + offer.serviceName() + " is not served here");
        }));
        server.tokens().register(TOKEN).get();

        byte[] ack = Frames.rejecting(TOKEN, 2, "service zccache is not served here");
        assertThat(connect(server).send(Frames.offer(TOKEN, 2)).receive(ack.length))
                .isEqualTo(ack);

        assertThat(asked)
                .extracting(HandoffPeer::pid)
                .containsExactly(Math.toIntExact(ProcessHandle.current().pid()));
        assertThat(server.tokens().pendingCount().get()).isEqualTo(1);
    }

    @Warns("handoff listener failed")
    @Test
    void shouldServeOnWhenTheListenerThrows() throws Exception {
        HandoffServer server = start(framedOnly().listener(new HandoffListener() {
            @Override
            public void offerJudged(HandoffPeer peer, HandoffAnswer answer) {
                throw new IllegalStateException("listener of this test");
            }
        }));
        TestBroker broker = connect(server);
        for (int id = 1; id <= 3; id++) {
            HandoffToken token = server.tokens().issue().get();
            byte[] ack = Frames.accepting(token, id);
            assertThat(broker.send(Frames.offer(token, id)).receive(ack.length)).isEqualTo(ack);
        }
        assertThat(server.metrics().offersAccepted()).isEqualTo(3);
    }

    @Test
    void shouldRejectWhenTheLoopOfTheTokensIsGone() throws Exception {
        EventLoopGroup tokenLoop = loops(1);
        HandoffTokens tokens = new HandoffTokens(new HandoffTokenStore(
                tokenLoop.next(), HandoffTokenStore.DEFAULT_MAX_PENDING, HandoffTokenStore.DEFAULT_TIME_TO_LIVE));
        EventLoops.end(tokenLoop);

        BackendChannel backend = new BackendChannel(tokens);
        backend.receive(Frames.offer(TOKEN, 1), 1024);
        await().until(() -> {
            backend.channel.runPendingTasks();
            return !backend.answers.isEmpty();
        });

        assertThat(backend.sent())
                .isEqualTo(Frames.rejecting(TOKEN, 1, "handoff token store error: the backend is shutting down"));
        backend.finish();
    }

    @Test
    void shouldServeOnUntilNoOfferComesWhenItClosesWithAQuietPeriod() throws Exception {
        HandoffServer server = start(builder());
        TestBroker broker = connect(server);
        HandoffToken first = server.tokens().issue().get();
        HandoffToken second = server.tokens().issue().get();
        broker.send(Frames.offer(first, 1)).receive(Frames.accepting(first, 1).length);
        assertThat(server.isAccepting()).isTrue();

        Future<Void> closed = server.shutdownGracefully(Duration.ofSeconds(1), Duration.ofSeconds(20));

        assertThat(server.isAccepting()).isFalse();
        assertThat(broker.send(Frames.offer(second, 2)).receive(Frames.accepting(second, 2).length))
                .isEqualTo(Frames.accepting(second, 2));
        assertThat(broker.receiveToEnd()).isEmpty();
        closed.get();
    }

    @Test
    void shouldRefuseAQuietPeriodThatIsLongerThanTheTimeout() throws Exception {
        HandoffServer server = start(builder());

        assertThatThrownBy(() -> server.shutdownGracefully(Duration.ofSeconds(3), Duration.ofSeconds(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("quietPeriod was PT3S; expected zero to the timeout, which is PT2S");
        assertThat(server.isAccepting()).isTrue();
    }

    @Test
    void shouldLetTheOfferInFlightFinishWhenItCloses() throws Exception {
        HandoffServer server = start(builder());
        server.tokens().register(TOKEN).get();
        byte[] offer = Frames.offer(TOKEN, 7);
        TestBroker inFlight = connect(server).send(Arrays.copyOf(offer, 10));
        HandoffToken answeredToken = server.tokens().issue().get();
        TestBroker answered = connect(server).send(Frames.offer(answeredToken, 1));
        answered.receive(Frames.accepting(answeredToken, 1).length);
        await().until(() -> server.metrics().openConnections(), open -> open == 2);

        Future<Void> closed = server.shutdownGracefully(Duration.ZERO, Duration.ofSeconds(20));

        assertThat(answered.receiveToEnd()).isEmpty();
        await().until(() -> server.metrics().openConnections(), open -> open == 1);
        assertThat(socketPath()).doesNotExist();
        assertThatThrownBy(() -> TestBroker.connect(socketPath())).isInstanceOf(IOException.class);
        assertThat(closed.isDone()).isFalse();

        inFlight.send(Arrays.copyOfRange(offer, 10, offer.length));

        assertThat(inFlight.receiveToEnd()).isEqualTo(Frames.accepting(TOKEN, 7));
        closed.get();
    }

    @Test
    void shouldCloseWhatIsStillOpenWhenTheTimeoutOfTheCloseIsOver() throws Exception {
        HandoffServer server = start(builder());
        TestBroker silent = connect(server);
        await().until(() -> server.metrics().openConnections(), open -> open == 1);

        server.shutdownGracefully(Duration.ZERO, Duration.ofSeconds(1)).get();

        assertThat(silent.receiveToEnd()).isEmpty();
        assertThat(server.metrics().openConnections()).isZero();
    }

    @Test
    void shouldLeaveTheLoopsOfTheProgramRunning() throws Exception {
        EventLoopGroup loops = loops(2);
        HandoffServer server = start(builder().controlLoops(loops));

        server.close();

        assertThat(loops.isShuttingDown()).isFalse();
        assertThat(loops.next().submit(() -> 42).get()).isEqualTo(42);
    }

    @Test
    void shouldEndItsOwnLoop() throws Exception {
        HandoffServer server = start(builder());
        assertThat(controlThreads()).isEqualTo(1);

        server.close();

        await().until(HandoffServerIT::controlThreads, count -> count == 0);
    }

    private static long controlThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("handoff-control"))
                .count();
    }

    @Test
    void shouldCloseWhenTheProgramHasShutItsLoopsDownFirst() throws Exception {
        EventLoopGroup loops = loops(1);
        HandoffServer server = start(builder().controlLoops(loops));
        // Without a quiet period Netty 4.2.18 may end the loop before it has closed the loop's channels.
        loops.shutdownGracefully(100, 5000, TimeUnit.MILLISECONDS).sync();

        server.shutdownGracefully(Duration.ZERO, Duration.ofSeconds(5)).get();

        assertThat(socketPath()).doesNotExist();
    }

    @Test
    void shouldBeClosedFromInsideAHandler() throws Exception {
        HandoffServer[] server = new HandoffServer[1];
        server[0] = start(framedOnly().listener(new HandoffListener() {
            @Override
            public void offerJudged(HandoffPeer peer, HandoffAnswer answer) {
                server[0].close();
            }
        }));
        server[0].tokens().register(TOKEN).get();

        TestBroker broker = connect(server[0]).send(Frames.offer(TOKEN, 1));

        assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(TOKEN, 1));
        server[0].shutdownGracefully(Duration.ZERO, Duration.ofSeconds(5)).get();
    }

    @Test
    void shouldFailToStartWhenTheLoopsAreShutDown() throws Exception {
        EventLoopGroup loops = loops(1);
        HandoffServerBuilder builder = builder().controlLoops(loops);
        EventLoops.end(loops);

        assertThatThrownBy(() -> builder.start().get())
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("are shut down");
        assertThat(socketPath()).doesNotExist();
    }

    @Test
    void shouldRefuseLoopsThatCannotServeEpollChannels() {
        EventLoopGroup nio = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        opened.add(() -> EventLoops.end(nio));

        assertThatThrownBy(() -> builder().controlLoops(nio))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("; expected loops that run an EpollIoHandler");
    }

    @Test
    void shouldRefuseBoundsThatAreNone() {
        assertThatThrownBy(() -> builder().maxConnections(0))
                .hasMessage("maxConnections was 0; expected a positive number");
        assertThatThrownBy(() -> builder().maxFrameLength(HandoffFrameDecoder.MAX_FRAME_LENGTH + 1))
                .hasMessage("maxFrameLength was 16777217; expected 1 to 16777216 bytes");
        assertThatThrownBy(() -> builder().maxLargeFrameBytes(0))
                .hasMessage("maxLargeFrameBytes was 0; expected a positive number");
        assertThatThrownBy(() -> builder()
                        .maxFrameLength(100_000)
                        .maxLargeFrameBytes(99_999)
                        .start())
                .hasMessage("maxLargeFrameBytes was 99999; expected at least maxFrameLength, which is 100000");
        assertThatThrownBy(() -> builder().maxPendingTokens(-1))
                .hasMessage("maxPendingTokens was -1; expected a positive number");
        assertThatThrownBy(() -> builder().offerTimeout(Duration.ZERO))
                .hasMessageStartingWith("offerTimeout was PT0S; expected a positive duration");
        assertThatThrownBy(() -> builder().tokenTimeToLive(Duration.ofSeconds(-1)))
                .hasMessageStartingWith("tokenTimeToLive was PT-1S; expected a positive duration");
    }

    private Path socketPath() {
        return directory.resolve("handoff.sock");
    }

    private HandoffServerBuilder framedOnly() {
        return HandoffServer.builder(socketPath()).descriptors(DescriptorPolicy.NONE);
    }

    private HandoffServerBuilder builder() {
        return framedOnly().listener(listener);
    }

    private HandoffServer start(HandoffServerBuilder builder) throws Exception {
        HandoffServer server = builder.start().get();
        opened.add(0, () -> Servers.close(server));
        return server;
    }

    private TestBroker connect(HandoffServer server) throws IOException {
        TestBroker broker = TestBroker.connect(server.path());
        opened.add(0, broker);
        return broker;
    }

    /** Event loops that the test owns, and which end after the servers. */
    private EventLoopGroup loops(int count) {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(count, EpollIoHandler.newFactory());
        opened.add(() -> EventLoops.end(loops));
        return loops;
    }
}
