package io.handoff.reliability.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.host.LineProcess;
import io.handoff.reliability.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One hour, or a few seconds, of everything that neighbours do: nothing may pile up in the backend.
 *
 * <p>Seen to fail with the closing of surplus descriptors taken out, and with the dropping of expired tokens.
 */
class SoakIT {

    /** So that it shows where a heap grows, and the process is as large from the start as it will be. */
    private static final List<String> JVM_FLAGS = List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch");

    /** From so many on there is no point in going on for the rest of an hour. */
    private static final int TOO_MANY_FAILURES = 20;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SoakSettings settings = SoakSettings.current();
    private final JsonMapper json = new JsonMapper();

    @Test
    void shouldHoldNoMoreInTheEndThanInTheBeginningWhenOffersOfAllKindsGoOn(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("s");
        try (LineProcess backend =
                        ChildJvm.start(SoakBackend.class, JVM_FLAGS, SoakBackend.arguments(socket, settings));
                SoakContext context = SoakContext.of(socket, settings);
                SoakLoad load = new SoakLoad(context, settings)) {
            backend.expectLine(SoakBackend.LISTENING);
            load.rehearse();
            assertThat(load.failures()).isEmpty();
            SoakSample before = beforeLoad(backend);
            load.start();
            List<SoakReading> readings = readings(backend, load);
            // So that the last tokens expire while the last cases come to their end.
            sample(backend, SoakBackend.SAMPLE_AT_REST);
            load.stop();
            assertThat(readings).as("%s", load.failures()).isNotEmpty();
            SoakSample after = afterLoad(backend, before);
            SoakLedger ledger = new SoakLedger(load, counts(backend));
            SoakFindings findings = new SoakFindings(settings, readings, ledger, before, after);
            findings.writePage();
            check(findings);
        }
    }

    private SoakSample beforeLoad(LineProcess backend) {
        return await("the rehearsal to be over")
                .atMost(PATIENCE)
                .until(
                        () -> sample(backend, SoakBackend.SAMPLE),
                        sample -> sample.handoffConnections() == 0 && sample.adoptedConnections() == 0);
    }

    private List<SoakReading> readings(LineProcess backend, SoakLoad load) throws Exception {
        List<SoakReading> readings = new ArrayList<>();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try {
            long start = System.nanoTime() + settings.warmUp().toNanos();
            for (int i = 0; i < settings.samples() && load.failures().size() < TOO_MANY_FAILURES; i++) {
                long due = start + i * settings.interval().toNanos();
                readings.add(
                        clock.schedule(() -> reading(backend, start), due - System.nanoTime(), TimeUnit.NANOSECONDS)
                                .get());
            }
        } finally {
            clock.shutdownNow();
        }
        return readings;
    }

    private SoakReading reading(LineProcess backend, long start) throws Exception {
        Duration at = Duration.ofNanos(System.nanoTime() - start);
        return new SoakReading(at, sample(backend, SoakBackend.SAMPLE));
    }

    /** At rest, or what is still there when patience is over. */
    private SoakSample afterLoad(LineProcess backend, SoakSample before) {
        AtomicReference<SoakSample> last = new AtomicReference<>();
        Duration longest = settings.timeToLive().plus(PATIENCE);
        long start = System.nanoTime();
        await().atMost(longest.plus(PATIENCE)).until(() -> {
            last.set(sample(backend, SoakBackend.SAMPLE_AT_REST));
            return last.get().isAtRestAs(before) || System.nanoTime() - start > longest.toNanos();
        });
        return last.get();
    }

    private SoakSample sample(LineProcess backend, String question) throws IOException, InterruptedException {
        return json.readValue(backend.ask(question), SoakSample.class);
    }

    private Map<String, Long> counts(LineProcess backend) throws IOException, InterruptedException {
        return json.readValue(backend.ask(SoakBackend.COUNTS), new TypeReference<Map<String, Long>>() {});
    }

    private static void check(SoakFindings findings) {
        SoakLedger ledger = findings.ledger();
        assertThat(ledger.load().failures()).isEmpty();
        assertThat(SoakCase.values())
                .allSatisfy(one ->
                        assertThat(ledger.load().played(one)).as(one.title()).isPositive());
        assertThat(ledger.countedForCertain()).isEqualTo(ledger.expectedForCertain());
        assertThat(ledger.ackFailed()).isLessThanOrEqualTo(ledger.unread());

        assertThat(findings.flatness()).allMatch(SoakFlatness::isFlat);
        assertThat(SoakFlatness.of(SoakSeries.PENDING_TOKENS, findings.readings())
                        .last())
                .isLessThanOrEqualTo(findings.maxPending());

        assertThat(findings.after().isAtRestAs(findings.before()))
                .as("%s, before the load %s", findings.after(), findings.before())
                .isTrue();
    }
}
