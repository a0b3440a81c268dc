package io.handoff.netty.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.testkit.BackendScript;
import io.handoff.testkit.ScriptedBackend;
import io.netty.util.concurrent.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Backends that start, end, fail and recover while their pool is in use. */
class BackendsComeAndGoIT extends PoolFixture {

    @Test
    void shouldFindTheSocketsOfADirectoryAndNothingElse() throws Exception {
        Path sockets = directory.resolve("sockets");
        HandoffPool pool = HandoffPool.ofDirectory(sockets).build();
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        Served served = program.connect();
        assertNoBackend(pool, served, "the directory " + sockets + " does not exist");

        Files.createDirectory(sockets);
        Files.writeString(sockets.resolve("a.txt"), "no socket");
        Files.createDirectory(sockets.resolve("b"));
        Files.createSymbolicLink(sockets.resolve("c"), sockets.resolve("nowhere"));
        backend("sockets/.hidden", ACCEPT);
        assertNoBackend(pool, served, "there is no socket in the directory " + sockets);

        ScriptedBackend backend = backend("sockets/d", ACCEPT);
        Files.createSymbolicLink(
                sockets.resolve("e"), backend("elsewhere", ACCEPT).path());
        assertThat(pool.backends()).containsExactly(backend.path(), sockets.resolve("e"));
        assertThat(handOff(pool, served).outcome()).isEqualTo(new Accepted());
    }

    private static void assertNoBackend(HandoffPool pool, Served served, String why) throws Exception {
        PoolOutcome outcome = handOff(pool, served);
        assertThat(outcome.attempts()).isEmpty();
        assertThat(failed(outcome.outcome()).cause()).hasMessage(why);
        assertServedAsBefore(served);
    }

    @Test
    void shouldFindABackendThatStartsWhileOthersServe() throws Exception {
        ScriptedBackend first = backend("a", ACCEPT);
        HandoffPool pool = HandoffPool.ofDirectory(directory).build();
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        assertThat(acceptedBy(pool, program)).isEqualTo(first.path());

        Path second = backend("b", ACCEPT).path();

        await().until(() -> acceptedBy(pool, program), second::equals);
    }

    @Test
    void shouldFindABackendAtOnceWhenThereIsNoOther() throws Exception {
        HandoffPool pool = HandoffPool.ofDirectory(directory).build();
        Served served = serve();
        assertThat(failed(handOff(pool, served).outcome()).stage()).isEqualTo(Stage.NO_BACKEND);

        backend("a", ACCEPT);

        assertThat(handOff(pool, served).outcome()).isEqualTo(new Accepted());
    }

    @Test
    void shouldLeaveABackendAtOnceWhoseFileIsGone() throws Exception {
        ScriptedBackend going = backend("a", ACCEPT);
        ScriptedBackend staying = backend("b", ACCEPT);
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        for (HandoffPool pool : List.of(HandoffPool.ofDirectory(directory).build(), poolOf(going, staying))) {
            assertThat(List.of(acceptedBy(pool, program), acceptedBy(pool, program)))
                    .containsExactlyInAnyOrder(going.path(), staying.path());
        }
        HandoffPool watching = HandoffPool.ofDirectory(directory).build();
        HandoffPool naming = poolOf(going, staying);
        acceptedBy(watching, program);
        acceptedBy(naming, program);
        int before = going.handoffCount();

        Files.delete(going.path());

        for (HandoffPool pool : List.of(watching, naming)) {
            for (int i = 0; i < 4; i++) {
                PoolOutcome outcome = handOff(pool, program.connect());
                assertThat(triedBy(outcome)).containsExactly(staying.path());
                assertThat(outcome.outcome()).isEqualTo(new Accepted());
            }
        }
        assertThat(going.handoffCount()).isEqualTo(before);
    }

    @Test
    void shouldLeaveAloneABackendWithFailuresAndTryItAgainWithOneHandoff() throws Exception {
        ScriptedBackend shaky = backend(
                "a",
                BackendScript.inTurn(
                        BackendScript.vanish(), BackendScript.vanish(), BackendScript.late(goOn, ACCEPT), ACCEPT));
        ScriptedBackend sound = backend("b", ACCEPT);
        HandoffPool pool = HandoffPool.ofSockets(List.of(shaky.path(), sound.path()))
                .maxFailures(2)
                .failureWindow(Duration.ofSeconds(4))
                .timeout(Duration.ofSeconds(50))
                .build();
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        await().until(() -> failuresOf(pool, shaky, program), failures -> failures == 2);

        Future<PoolOutcome> trial = start(pool, program.connect());
        while (!isSettled(trial, shaky)) {
            trial = start(pool, program.connect());
        }

        for (int i = 0; i < 6; i++) {
            assertThat(acceptedBy(pool, program)).as("while one is being tried").isEqualTo(sound.path());
        }
        pool.backends(List.of(shaky.path()));
        assertThat(failed(handOff(pool, program.connect()).outcome()).stage()).isEqualTo(Stage.NO_BACKEND);
        assertThat(shaky.handoffCount()).isEqualTo(3);
        goOn.countDown();
        assertThat(get(trial).outcome()).isEqualTo(new Accepted());
        assertThat(acceptedBy(pool, program)).isEqualTo(shaky.path());
    }

    /** Waits until the handoff has gone to the other backend; true if it is the one that the shaky backend keeps. */
    private static boolean isSettled(Future<PoolOutcome> handoff, ScriptedBackend shaky) {
        await().pollDelay(Duration.ofMillis(20)).until(() -> handoff.isDone() || shaky.handoffCount() == 3);
        return shaky.handoffCount() == 3;
    }

    private static long failuresOf(HandoffPool pool, ScriptedBackend backend, FakeBroker program) throws Exception {
        handOff(pool, program.connect());
        return pool.metrics().failed(backend.path(), Stage.ACK, false);
    }

    @Test
    void shouldSayWhyWhenEveryBackendIsLeftAlone() throws Exception {
        Path dead = deadSocket("a");
        HandoffPool pool = HandoffPool.ofSockets(List.of(dead)).maxFailures(1).build();
        Served served = serve();
        assertThat(failed(handOff(pool, served).outcome()).stage()).isEqualTo(Stage.CONNECT);

        PoolOutcome outcome = handOff(pool, served);

        assertThat(outcome.attempts()).isEmpty();
        assertThat(failed(outcome.outcome()).stage()).isEqualTo(Stage.NO_BACKEND);
        assertThat(failed(outcome.outcome()).cause())
                .hasMessage(
                        "no backend takes a handoff now, after failures or with too many under way: [" + dead + "]");
        assertServedAsBefore(served);
    }

    @Test
    void shouldTryABackendAtOnceThatHasStartedAgain() throws Exception {
        Path path = deadSocket("a");
        HandoffPool pool = HandoffPool.ofSockets(List.of(path)).maxFailures(1).build();
        Served served = serve();
        assertThat(failed(handOff(pool, served).outcome()).stage()).isEqualTo(Stage.CONNECT);
        assertThat(failed(handOff(pool, served).outcome()).stage()).isEqualTo(Stage.NO_BACKEND);

        Files.delete(path);
        backend("a", ACCEPT);

        assertThat(handOff(pool, served).outcome()).isEqualTo(new Accepted());
    }
}
