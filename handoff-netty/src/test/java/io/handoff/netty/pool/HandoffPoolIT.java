package io.handoff.netty.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.testkit.BackendScript;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.ReceivedHandoff;
import io.handoff.testkit.ScriptedBackend;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which backends a client of a pool is tried at, and who has it in the end. */
class HandoffPoolIT extends PoolFixture {

    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void shouldHandOffToTheOneBackendThereIs() throws Exception {
        ScriptedBackend backend = backend("a", ACCEPT);
        Served served = serve();

        PoolOutcome outcome = handOff(poolOf(backend), served);

        assertThat(outcome.outcome()).isEqualTo(new Accepted());
        assertThat(triedBy(outcome)).containsExactly(backend.path());
        assertThat(lastOf(outcome).outcome()).isEqualTo(new Accepted());
        assertThat(lastOf(outcome).duration()).isPositive();
        backend.takeHandoff().client().send("hello");
        assertThat(served.client().receiveText(5)).isEqualTo("hello");
    }

    @Test
    void shouldGoOnToTheNextBackendWithATokenOfItsOwnWhenOneRejects() throws Exception {
        ScriptedBackend no = backend("a", REJECT);
        ScriptedBackend yes = backend("b", ACCEPT);
        Served served = serve();

        PoolOutcome outcome = get(poolOf(no, yes).handOff(served.channel(), "zccache", ID, TRACEPARENT, "vendor=1"));

        assertThat(triedBy(outcome)).containsExactly(no.path(), yes.path());
        assertThat(outcomesOf(outcome)).containsExactly(new Rejected("not today"), new Accepted());
        assertThat(outcome.outcome()).isEqualTo(new Accepted());
        ReceivedHandoff first = no.takeHandoff();
        ReceivedHandoff second = yes.takeHandoff();
        assertThat(first.token()).isNotEqualTo(second.token());
        for (ReceivedHandoff handoff : List.of(first, second)) {
            assertThat(handoff.token()).isEqualTo(handoff.offer().getToken().toByteArray());
            assertThat(handoff.offer().getCorrelationId()).isEqualTo(ID);
            assertThat(handoff.offer().getServiceName()).isEqualTo("zccache");
            assertThat(handoff.frame().getTraceparent()).isEqualTo(TRACEPARENT);
        }
        second.client().send("hello");
        assertThat(served.client().receiveText(5)).isEqualTo("hello");
    }

    /** Its channel reads by itself whenever it is in epoll. */
    @Test
    void shouldLoseNoByteOfAClientThatTalksAllTheTime() throws Exception {
        List<ScriptedBackend> backends = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            backends.add(backend("no" + i, REJECT));
        }
        ScriptedBackend last = backend("yes", ACCEPT);
        backends.add(last);
        Served served = serve();
        CompletableFuture<String> sent = new CompletableFuture<>();
        CountDownLatch accepted = new CountDownLatch(1);
        HandoffPool pool = poolOf(backends.toArray(ScriptedBackend[]::new));
        Future<PoolOutcome> outcome =
                served.channel().eventLoop().submit(() -> start(pool, served)).get();
        Thread talker = new Thread(() -> sent.complete(talk(served.client(), accepted)));
        talker.start();

        assertThat(get(outcome).outcome()).isEqualTo(new Accepted());
        accepted.countDown();
        talker.join();

        assertThat(get(outcome).attempts()).hasSize(13);
        assertThat(last.takeHandoff().client().receiveTextToEnd()).isEqualTo(sent.get());
    }

    private static String talk(BlockingSocket client, CountDownLatch accepted) {
        StringBuilder sent = new StringBuilder();
        try {
            for (int i = 0; accepted.getCount() > 0 && i < 200_000; i++) {
                client.send(i + " ");
                sent.append(i).append(' ');
            }
            client.shutdownOutput();
        } catch (IOException e) {
            sent.append(e);
        }
        return sent.toString();
    }

    @Test
    void shouldGiveTheClientBackWithAllItsBytesWhenEveryBackendRejects() throws Exception {
        ScriptedBackend first = backend("a", REJECT);
        ScriptedBackend second = backend("b", BackendScript.reject("nor ever"));
        Served served = serve();

        PoolOutcome outcome = handOff(poolOf(first, second), served);

        assertThat(outcome.outcome()).isEqualTo(new Rejected("nor ever"));
        assertThat(triedBy(outcome)).containsExactly(first.path(), second.path());
        assertServedAsBefore(served);
    }

    @Test
    void shouldTryNoOtherBackendWhenOneMayHaveTheClient() throws Exception {
        ScriptedBackend silent = backend("a", BackendScript.vanish());
        ScriptedBackend other = backend("b", ACCEPT);
        Served served = serve();

        PoolOutcome outcome = handOff(poolOf(silent, other), served);

        assertThat(failed(outcome.outcome()).stage()).isEqualTo(Stage.ACK);
        assertThat(failed(outcome.outcome()).connectionUsable()).isFalse();
        assertThat(triedBy(outcome)).containsExactly(silent.path());
        assertThat(other.handoffCount()).isZero();
        assertThat(served.client().receiveToEnd()).isEmpty();
    }

    @Test
    void shouldGoOnWhenNobodyListensAtASocket() throws Exception {
        Path dead = deadSocket("a");
        ScriptedBackend living = backend("b", ACCEPT);

        PoolOutcome outcome =
                handOff(HandoffPool.ofSockets(List.of(dead, living.path())).build(), serve());

        assertThat(outcome.outcome()).isEqualTo(new Accepted());
        assertThat(triedBy(outcome)).containsExactly(dead, living.path());
        Failed first = failed(outcome.attempts().get(0).outcome());
        assertThat(first.stage()).isEqualTo(Stage.CONNECT);
        assertThat(first.cause()).hasMessageStartingWith("nobody listens at " + dead);
    }

    @Test
    void shouldGiveTheClientBackWhenEveryBackendIsDown() throws Exception {
        List<Path> dead = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            dead.add(deadSocket("d" + i));
        }
        Served served = serve();

        PoolOutcome outcome = handOff(
                HandoffPool.ofSockets(dead).timeout(Duration.ofSeconds(35)).build(), served);

        assertThat(failed(outcome.outcome()).stage()).isEqualTo(Stage.CONNECT);
        assertThat(triedBy(outcome)).containsExactlyInAnyOrderElementsOf(dead);
        assertServedAsBefore(served);
    }

    @Test
    void shouldLeaveTheClientAloneWhenThereIsNoBackend() throws Exception {
        Served served = serve();

        assertNoBackend(served, HandoffPool.ofSockets(List.of()).build(), "the pool has no backends");
        assertNoBackend(
                served,
                HandoffPool.ofSockets(List.of(socket("a"), socket("b"))).build(),
                "none of the pool's sockets is there: [" + socket("a") + ", " + socket("b") + "]");
        HandoffPool closed = poolOf(backend("c", ACCEPT));
        closed.close();
        assertNoBackend(served, closed, "the pool is closed");
    }

    private static void assertNoBackend(Served served, HandoffPool pool, String why) throws Exception {
        PoolOutcome outcome = handOff(pool, served);

        assertThat(outcome.attempts()).isEmpty();
        assertThat(failed(outcome.outcome()).stage()).isEqualTo(Stage.NO_BACKEND);
        assertThat(failed(outcome.outcome()).cause()).hasMessage(why);
        assertThat(failed(outcome.outcome()).connectionUsable()).isTrue();
        assertServedAsBefore(served);
    }

    @Test
    void shouldRefusePathsThatAreNone() {
        Path tooLong = socket("x".repeat(200));

        assertThatThrownBy(() -> HandoffPool.ofSockets(List.of(tooLong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 107 fit");
    }

    @Test
    void shouldTryNoOtherBackendWithAClientThatCannotBeHandedOff() throws Exception {
        ScriptedBackend first = backend("a", ACCEPT);
        ScriptedBackend second = backend("b", ACCEPT);
        Served served = serve();
        served.channel()
                .eventLoop()
                .submit(() -> served.channel().pipeline().addFirst("chunks", new ChunkedWriteHandler()))
                .sync();

        PoolOutcome outcome = handOff(poolOf(first, second), served);

        assertThat(failed(outcome.outcome()).stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(outcome.attempts()).hasSize(1);
        assertThat(first.handoffCount() + second.handoffCount()).isZero();
        assertServedAsBefore(served);
        List<Path> both = List.of(first.path(), second.path());
        HandoffPool vouching = HandoffPool.ofSockets(both)
                .vouchFor(ChunkedWriteHandler.class::isInstance)
                .build();
        assertThat(handOff(vouching, served).outcome()).isEqualTo(new Accepted());
    }

    @Test
    void shouldTryNoOtherBackendWhenTheProgramHasClosedTheClientMeanwhile() throws Exception {
        ScriptedBackend first = backend("a", BackendScript.late(goOn, REJECT));
        ScriptedBackend second = backend("b", ACCEPT);
        Served served = serve();
        Future<PoolOutcome> outcome = start(poolOf(first, second), served);
        first.takeHandoff();

        served.channel().close().sync();
        goOn.countDown();

        assertThat(get(outcome).outcome()).isEqualTo(new Rejected("not today"));
        assertThat(get(outcome).attempts()).hasSize(1);
        assertThat(second.handoffCount()).isZero();
        assertThat(served.channel().isOpen()).isFalse();
    }

    @Test
    void shouldEndWithTheAttemptUnderWayWhenThePoolIsClosed() throws Exception {
        ScriptedBackend first = backend("a", BackendScript.late(goOn, REJECT));
        ScriptedBackend second = backend("b", ACCEPT);
        HandoffPool pool = poolOf(first, second);
        Served served = serve();
        Future<PoolOutcome> outcome = start(pool, served);
        first.takeHandoff();

        pool.close();
        goOn.countDown();

        assertThat(get(outcome).outcome()).isEqualTo(new Rejected("not today"));
        assertThat(second.handoffCount()).isZero();
        assertServedAsBefore(served);
    }

    @Test
    void shouldGoOnWhenABackendIsTooBusyToBeConnectedTo() throws Exception {
        ScriptedBackend busy = opened(ScriptedBackend.listen(socket("a"), 0, ACCEPT));
        opened(SocketChannel.open(UnixDomainSocketAddress.of(busy.path())));
        ScriptedBackend other = backend("b", ACCEPT);
        HandoffPool pool = HandoffPool.ofSockets(List.of(busy.path(), other.path()))
                .timeout(Duration.ofSeconds(40))
                .connectTimeout(Duration.ofMillis(50))
                .build();

        PoolOutcome outcome = handOff(pool, serve());

        assertThat(outcome.outcome()).isEqualTo(new Accepted());
        assertThat(triedBy(outcome)).containsExactly(busy.path(), other.path());
        assertThat(failed(outcome.attempts().get(0).outcome()).cause())
                .hasMessage("no connection to the backend was made within 50 ms");
    }

    /** It would be lost if it were sent, and the time ended before the answer. */
    @Test
    void shouldSendTheClientToNobodyElseWhenTheTimeIsNearlyOver() throws Exception {
        ScriptedBackend slow = backend("a", BackendScript.late(goOn, REJECT));
        ScriptedBackend other = backend("b", ACCEPT);
        HandoffPool pool = HandoffPool.ofSockets(List.of(slow.path(), other.path()))
                .timeout(Duration.ofSeconds(8))
                .build();
        Served served = serve();
        Future<PoolOutcome> outcome = start(pool, served);
        slow.takeHandoff();
        long received = System.nanoTime();

        await().until(() ->
                System.nanoTime() - received > Duration.ofMillis(6100).toNanos());
        goOn.countDown();

        assertThat(get(outcome).outcome()).isEqualTo(new Rejected("not today"));
        assertThat(other.handoffCount()).isZero();
        assertServedAsBefore(served);
    }

    @Test
    void shouldHandOffToTheBackendWithTheLeastUnderWay() throws Exception {
        List<ScriptedBackend> backends = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            backends.add(backend(name, BackendScript.late(goOn, ACCEPT)));
        }
        HandoffPool first = poolOf(backends.toArray(ScriptedBackend[]::new));
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        List<Future<PoolOutcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            outcomes.add(start(first, program.connect()));
            int sent = i + 1;
            await().until(() ->
                    backends.stream().mapToInt(ScriptedBackend::handoffCount).sum() == sent);
        }

        assertThat(backends).extracting(ScriptedBackend::handoffCount).containsExactly(3, 3, 3);
        assertThat(backends).extracting(b -> first.metrics().inFlight(b.path())).containsExactly(3L, 3L, 3L);
        goOn.countDown();
        for (Future<PoolOutcome> outcome : outcomes) {
            assertThat(get(outcome).outcome()).isEqualTo(new Accepted());
        }
        assertThat(backends).extracting(b -> first.metrics().inFlight(b.path())).containsOnly(0L);
        assertThat(backends).extracting(b -> first.metrics().accepted(b.path())).containsOnly(3L);
    }

    @Test
    void shouldPassOverABackendThatHasMoreUnderWay() throws Exception {
        ScriptedBackend slow = backend("a", BackendScript.late(goOn, ACCEPT));
        ScriptedBackend quick = backend("b", ACCEPT);
        HandoffPool pool = poolOf(slow, quick);
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        Future<PoolOutcome> underWay = start(pool, program.connect());
        slow.takeHandoff();

        for (int i = 0; i < 5; i++) {
            assertThat(acceptedBy(pool, program)).isEqualTo(quick.path());
        }

        goOn.countDown();
        assertThat(get(underWay).outcome()).isEqualTo(new Accepted());
    }

    @Test
    void shouldServeTwoPoolsOnOneEventLoop() throws Exception {
        ScriptedBackend a = backend("a", REJECT);
        ScriptedBackend b = backend("b", ACCEPT);
        HandoffPool both = poolOf(a, b);
        HandoffPool other = poolOf(b);
        FakeBroker program =
                opened(new FakeBroker(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory())).listenOnTcp());
        List<Future<PoolOutcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            outcomes.add(start(i % 2 == 0 ? both : other, program.connect()));
        }

        for (Future<PoolOutcome> outcome : outcomes) {
            assertThat(get(outcome).outcome()).isEqualTo(new Accepted());
        }
        assertThat(both.metrics().accepted(b.path())).isEqualTo(10);
        assertThat(other.metrics().backends()).containsExactly(b.path());
    }

    @Test
    void shouldRefuseASecondHandoffOfAClientThatIsOnItsWay() throws Exception {
        ScriptedBackend first = backend("a", BackendScript.late(goOn, REJECT));
        ScriptedBackend second = backend("b", ACCEPT);
        Served served = serve();
        HandoffPool pool = poolOf(first, second);
        Future<PoolOutcome> outcome = start(pool, served);
        first.takeHandoff();

        PoolOutcome again = handOff(pool, served);
        goOn.countDown();

        assertThat(failed(again.outcome()).stage()).isEqualTo(Stage.CLIENT_NOT_READY);
        assertThat(failed(again.outcome()).connectionUsable()).isFalse();
        assertThat(get(outcome).outcome()).isEqualTo(new Accepted());
        assertThat(second.handoffCount()).isEqualTo(1);
    }

    @Test
    void shouldGoOnWithHandoffsUnderWayWhenTheBackendsAreReplaced() throws Exception {
        ScriptedBackend before = backend("a", BackendScript.late(goOn, ACCEPT));
        ScriptedBackend rejecting = backend("b", BackendScript.late(goOn, REJECT));
        ScriptedBackend after = backend("c", ACCEPT);
        HandoffPool pool = poolOf(before, rejecting);
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        List<Future<PoolOutcome>> underWay = new ArrayList<>();
        IntStream.range(0, 2).forEach(i -> underWay.add(startNew(pool, program)));
        before.takeHandoff();
        rejecting.takeHandoff();

        pool.backends(List.of(after.path()));
        assertThat(pool.backends()).containsExactly(after.path());
        assertThat(acceptedBy(pool, program)).isEqualTo(after.path());
        goOn.countDown();

        for (Future<PoolOutcome> outcome : underWay) {
            assertThat(get(outcome).outcome()).isEqualTo(new Accepted());
        }
        assertThat(before.handoffCount()).isEqualTo(1);
        assertThat(rejecting.handoffCount()).isEqualTo(1);
        assertThat(after.handoffCount())
                .as("and the one rejected by a backend that is gone")
                .isEqualTo(2);
        assertThatThrownBy(() -> pool.backends(List.of(socket("x".repeat(200)))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(pool.backends()).containsExactly(after.path());
    }

    private static Future<PoolOutcome> startNew(HandoffPool pool, FakeBroker program) {
        try {
            return start(pool, program.connect());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldTellTheClientOnItsOwnConnectionWhenAsked() throws Exception {
        ScriptedBackend backend = backend("a", ACCEPT);
        Served served = serve();
        HandoffPool pool =
                HandoffPool.ofSockets(List.of(backend.path())).readyEvent(true).build();

        assertThat(handOff(pool, served).outcome()).isEqualTo(new Accepted());

        backend.takeHandoff().client().close();
        assertThat(new String(served.client().receiveToEnd(), StandardCharsets.ISO_8859_1))
                .hasSizeGreaterThan(10);
    }
}
