package io.handoff.reliability.flood;

import static io.handoff.reliability.Reliability.sized;
import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.benchmarks.load.LoadGenerator;
import io.handoff.benchmarks.load.LoadMode;
import io.handoff.benchmarks.load.LoadPlan;
import io.handoff.benchmarks.load.LoadResult;
import io.handoff.netty.observe.ConnectionRefusal;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.reliability.BackendMemory;
import io.handoff.reliability.LimitedBackendProcess;
import io.handoff.reliability.LimitedBackendProcess.Settings;
import io.handoff.reliability.Reliability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Thousands of connections that do no good, beside brokers that hand off clients one after the other: these lose none, and
 * keep at least half of their rate, which only the full size asserts; the memory stays under its bound; and the bad ones are
 * gone by their deadline. In an ordinary build the floods, which wait for their deadline most of the time, come at once.
 *
 * <p>Seen to fail with one of these taken out: the deadline of an offer, the budget of large frames, the cap of connections;
 * in full, with the turns of {@code ReadPacer} and the limit of unread ACKs.
 */
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FloodIT {

    private static final int BAD = sized(2000, 150);
    private static final int GOOD = 50;
    private static final Duration WARM_UP = Duration.ofMillis(sized(5000, 100));
    private static final Duration MEASURED = Duration.ofMillis(sized(8000, 200));
    private static final Duration OFFER_TIMEOUT = Duration.ofSeconds(10);

    /** For the connecting, and for whoever else uses the machine. */
    private static final Duration SLACK = Duration.ofSeconds(sized(5, 30));

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Queue<FloodRow> rows = new ConcurrentLinkedQueue<>();
    private volatile String surplus = "";

    @ParameterizedTest
    @EnumSource
    void shouldServeTheGoodBesideTheFlood(FloodKind kind, @TempDir Path directory) throws Exception {
        Path socket = directory.resolve("s");
        Settings settings = new Settings(socket, OFFER_TIMEOUT, BAD + 4 * GOOD, HandoffFrameDecoder.MAX_FRAME_LENGTH);
        FloodBound bound = FloodBound.of(BAD);
        try (LimitedBackendProcess backend = LimitedBackendProcess.start(settings, bound.jvmFlags())) {
            LoadResult before = load(socket, WARM_UP, new SlowestSecond());
            backend.memory();

            SlowestSecond slowest = new SlowestSecond();
            LoadResult beside;
            Flood.Result flooded;
            BackendMemory memory;
            try (Flood flood = Flood.start(kind, socket, BAD)) {
                beside = load(socket, Duration.ZERO, slowest);
                await().until(flood::opened, opened -> opened == BAD);
                memory = backend.memory();
                flooded = flood.awaitEnd(PATIENCE);
            }

            await().until(backend::counts, counts -> counts.open() == 0 && counts.largeFrameBytes() == 0);
            LoadResult after = load(socket, Duration.ZERO, new SlowestSecond());
            FloodRow row = new FloodRow(kind, before, beside, slowest, after, memory, bound, flooded, backend.counts());
            rows.add(row);
            check(row);
        }
    }

    private void check(FloodRow row) {
        for (LoadResult load : List.of(row.before(), row.beside(), row.after())) {
            assertThat(load.errors()).as("what good brokers lost").isEmpty();
            assertThat(load.completed()).isPositive();
        }
        assertThat(row.memory().heap()).as("heap").isLessThan(row.bound().heap());
        assertThat(row.memory().directPeak())
                .as("direct memory")
                .isLessThan(row.bound().direct());
        assertThat(row.flooded().lastGone()).as("end of the last bad one").isLessThan(OFFER_TIMEOUT.plus(SLACK));
        assertThat(row.refused()).as("bad ones, counted").isEqualTo(BAD);
        if (Reliability.isFull()) {
            assertThat(row.keptRate()).as("rate beside the flood").isGreaterThanOrEqualTo(0.5);
        }
    }

    /** Without the cap the surplus is served. */
    @Test
    void shouldRefuseAndCountTheSurplusWhenTheCapIsReached(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("s");
        int cap = BAD / 4;
        Settings settings = new Settings(socket, OFFER_TIMEOUT, cap, HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH);
        try (LimitedBackendProcess backend =
                        LimitedBackendProcess.start(settings, FloodBound.of(cap).jvmFlags());
                Flood flood = Flood.start(FloodKind.SILENT, socket, BAD)) {
            // Beyond the reserve, which has at most as many places again, and gives each back after a second.
            await().until(backend::counts, counts -> counts.refused(ConnectionRefusal.CONNECTION_LIMIT) > 0);
            assertThat(backend.counts().open()).isLessThanOrEqualTo(2 * cap);

            flood.awaitEnd(PATIENCE);

            LoadResult after = load(socket, Duration.ZERO, new SlowestSecond());
            assertThat(after.errors()).isEmpty();
            surplus = "With `maxConnections` at " + cap + ", of " + BAD + " silent connections "
                    + backend.counts().refused(ConnectionRefusal.CONNECTION_LIMIT)
                    + " were closed at once and counted as `CONNECTION_LIMIT`, the others at their deadline, or after a second in"
                    + " the reserve; then " + after.completed() + " handoffs completed, none failed.";
        }
    }

    @AfterAll
    void writePage() throws IOException {
        StringBuilder findings =
                new StringBuilder(String.format("""
                %d bad connections, opened as fast as the backend accepts them, beside %d brokers that hand off clients one after
                the other for %d ms; `offerTimeout` %d ms, `maxFrameLength` 16 MiB, everything else at its default. The backend is
                a process of its own with one event loop; brokers and flood share another, on the same processors.

                """, BAD, GOOD, MEASURED.toMillis(), OFFER_TIMEOUT.toMillis()));
        findings.append(FloodRow.HEADER);
        rows.stream().sorted(comparing(FloodRow::kind)).forEach(row -> findings.append(row.toMarkdown()));
        findings.append('\n').append(surplus).append("\n\n").append(FloodBound.explanation());
        Reliability.writePage(FloodIT.class, "floods", "Floods", findings.toString());
    }

    private static LoadResult load(Path socket, Duration warmUp, SlowestSecond slowest) throws IOException {
        return LoadGenerator.run(new LoadPlan(socket, LoadMode.DESCRIPTOR, GOOD, 1, warmUp, MEASURED, false), slowest);
    }
}
