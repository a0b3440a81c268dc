package io.handoff.reliability.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.reliability.Reliability;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills broker or backend with SIGKILL while handoffs stand at every step, and at random moments: each client sees its bytes
 * once and in order, or a closed connection; the process that survives keeps nothing; the next backend serves at once. Half of the
 * clients are handed off, the other half is moved by takeovers, with state.
 *
 * <p>Seen to fail with one of these taken out: of the backend, the end of an adopted connection whose ACK has failed, the wait
 * of the gate for the ACK, the close of a descriptor whose connection ends before its 16 bytes are whole or before its
 * offer, the end of its token then, the removal of a stale socket file; of the broker, the close of its copy after an
 * acceptance and where no answer has come.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DeathIT {

    /** For a client to be served on or closed. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** An ordinary build may share its processors with others: loading its classes alone takes a JVM seconds then. */
    private static final Duration RESTART_LIMIT = Reliability.isFull() ? Duration.ofSeconds(1) : PATIENCE;

    /** At each step: one over TCP, one over a Unix-domain socket. */
    private static final int CLIENTS_PER_WAY = 2;

    private final NumberedClients clients = new NumberedClients();
    private final DeathCounts counts = new DeathCounts();
    private int passed;
    private HandoffPair pair;
    private long undisturbedNanos;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        pair = HandoffPair.start(directory);
        undisturbedNanos = handOffUndisturbed();
    }

    @AfterAll
    void stop() throws Exception {
        pair.close();
        clients.close();
        // Of the whole test only, when it has passed.
        if (passed == 2 * Party.values().length) {
            DeathPage.write(counts, waveSize(), undisturbedNanos);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeOrCloseEachClientWhenAProcessDiesAtAnyStep(Party victim) throws Exception {
        for (int death = 0; death < Reliability.sized(100, 2); death++) {
            pair.hold();
            List<NumberedClient> standing = new ArrayList<>();
            for (HandoffStep step : HandoffStep.values()) {
                for (Way way : Way.values()) {
                    standing.addAll(connect(CLIENTS_PER_WAY, new Opening(step, way)));
                    counts.died(victim, way, step.description());
                }
            }
            standing.forEach(NumberedClient::begin);
            pair.awaitAtEach(CLIENTS_PER_WAY * Way.values().length);
            killAndServeOn(victim, standing);
            for (NumberedClient client : standing) {
                HandoffStep step = client.opening().destination();
                assertThat(client.end().join())
                        .as("the client at %s when the %s had died", client.opening(), victim.title())
                        .isEqualTo(step.afterDeathOf(victim));
                counts.ended(
                        victim,
                        client.opening().way(),
                        step.description(),
                        client.end().join(),
                        client.received());
            }
            clear(victim.other(), standing);
            restart(victim);
        }
        passed++;
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeOrCloseEachClientWhenAProcessDiesAtAnyMoment(Party victim) throws Exception {
        for (int death = 0; death < Reliability.sized(50, 1); death++) {
            List<NumberedClient> wave = connectWave();
            wave.forEach(NumberedClient::begin);
            long delayNanos = ThreadLocalRandom.current().nextLong(undisturbedNanos);
            CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(delayNanos, TimeUnit.NANOSECONDS))
                    .join();
            killAndServeOn(victim, wave);
            for (Way way : Way.values()) {
                counts.died(victim, way, DeathCounts.ANY_MOMENT);
            }
            for (NumberedClient client : wave) {
                counts.ended(
                        victim,
                        client.opening().way(),
                        DeathCounts.ANY_MOMENT,
                        client.end().join(),
                        client.received());
            }
            clear(victim.other(), wave);
            restart(victim);
        }
        passed++;
    }

    private static int waveSize() {
        return CLIENTS_PER_WAY * HandoffStep.values().length;
    }

    /** Half of it goes each way. */
    private List<NumberedClient> connectWave() throws InterruptedException {
        List<NumberedClient> wave = new ArrayList<>();
        for (Way way : Way.values()) {
            wave.addAll(connect(waveSize() / Way.values().length, new Opening(HandoffStep.FIRST_BYTES, way)));
        }
        return wave;
    }

    private List<NumberedClient> connect(int count, Opening opening) throws InterruptedException {
        List<NumberedClient> connected = new ArrayList<>();
        for (int client = 0; client < count; client++) {
            connected.add(clients.connect(pair.brokerAddress(client), opening));
        }
        return connected;
    }

    /** How long as many handoffs take while nobody dies; they must all come out well. */
    private long handOffUndisturbed() throws Exception {
        List<NumberedClient> wave = connectWave();
        long begunAt = System.nanoTime();
        wave.forEach(NumberedClient::begin);
        pair.awaitAt(Party.BACKEND, HandoffStep.FIRST_BYTES, wave.size());
        long nanos = System.nanoTime() - begunAt;
        finish(wave);
        assertThat(wave).allSatisfy(client -> assertThat(client.end()).isCompletedWithValue(ClientEnd.SERVED_ON));
        clear(Party.BROKER, wave);
        clear(Party.BACKEND, wave);
        return nanos;
    }

    private void killAndServeOn(Party victim, List<NumberedClient> standing) throws Exception {
        long killedAt = System.nanoTime();
        pair.kill(victim);
        pair.release(victim.other());
        finish(standing);
        counts.allEnded(System.nanoTime() - killedAt);
    }

    /** Each is served until it has back what it sends from now on, too, or it is closed; none hangs. */
    private static void finish(List<NumberedClient> wave) {
        wave.forEach(NumberedClient::finish);
        for (NumberedClient client : wave) {
            assertThat(client.end())
                    .as("the end of the client at %s", client.opening())
                    .succeedsWithin(PATIENCE);
        }
    }

    private void clear(Party survivor, List<NumberedClient> wave) throws Exception {
        wave.forEach(NumberedClient::close);
        pair.awaitIdle(survivor);
    }

    private void restart(Party victim) throws Exception {
        if (victim == Party.BROKER) {
            pair.startBroker();
            return;
        }
        assertThat(pair.backendSocket()).as("the stale socket file").exists();
        HandoffPair.Start start = pair.startBackend();
        List<NumberedClient> first = connect(1, new Opening(HandoffStep.FIRST_BYTES, Way.HANDOFF));
        first.forEach(NumberedClient::begin);
        pair.awaitAt(Party.BACKEND, HandoffStep.FIRST_BYTES, 1);
        long servedAt = System.nanoTime();
        counts.restarted(servedAt - start.callNanos(), servedAt - start.processNanos());
        finish(first);
        assertThat(first).allSatisfy(client -> assertThat(client.end()).isCompletedWithValue(ClientEnd.SERVED_ON));
        clear(Party.BROKER, first);
        // Last, so that a slow start leaves nothing open that the next test would count.
        assertThat(Duration.ofNanos(servedAt - start.callNanos()))
                .as("from start() to the first bytes served")
                .isLessThanOrEqualTo(RESTART_LIMIT);
    }
}
