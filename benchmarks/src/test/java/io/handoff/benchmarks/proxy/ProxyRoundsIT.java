package io.handoff.benchmarks.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Without HAProxy, which the script installs. */
class ProxyRoundsIT {

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final ProxyRounds rounds = new ProxyRounds(
            List.of(Way.DIRECT, Way.HANDOFF),
            List.of(1, 16),
            Duration.ofMillis(100),
            Duration.ofMillis(400),
            300,
            new PrintStream(log, true, StandardCharsets.UTF_8));

    @Test
    void shouldMeasureEachWayWithoutErrors() throws Exception {
        ProxyResults results = rounds.run(1);

        assertThat(results.samples())
                .extracting(Sample::way, Sample::load, Sample::clients)
                .containsExactly(
                        tuple(Way.DIRECT, Load.CONNECTIONS, 1),
                        tuple(Way.DIRECT, Load.CONNECTIONS, 16),
                        tuple(Way.DIRECT, Load.REQUESTS, 1),
                        tuple(Way.DIRECT, Load.REQUESTS, 16),
                        tuple(Way.HANDOFF, Load.CONNECTIONS, 1),
                        tuple(Way.HANDOFF, Load.CONNECTIONS, 16),
                        tuple(Way.HANDOFF, Load.REQUESTS, 1),
                        tuple(Way.HANDOFF, Load.REQUESTS, 16));
        assertThat(results.samples()).allSatisfy(sample -> {
            assertThat(sample.errors()).isZero();
            assertThat(sample.perSecond()).isPositive();
            assertThat(sample.p50Micros()).isPositive().isLessThanOrEqualTo(sample.p99Micros());
        });
        // Processor time comes in steps, and one measurement may be over before the next of them.
        assertThat(results.samples().stream().mapToDouble(Sample::cpuMicros).sum())
                .isPositive();
        assertThat(results.idle()).extracting(Idle::way).containsExactly(Way.DIRECT, Way.HANDOFF);
        assertThat(results.idle())
                .allSatisfy(
                        idle -> assertThat(idle.bytes()).as("%s", idle.way()).isBetween(500.0, 16_384.0));
        assertThat(log.toString(StandardCharsets.UTF_8))
                .hasLineCount(8)
                .startsWith("round 1, direct, connections, 1 at a time: ");
    }

    @Test
    void shouldTakeTheWaysTheOtherWayRoundEveryOtherRound() {
        assertThat(rounds.order(1)).containsExactly(Way.DIRECT, Way.HANDOFF);
        assertThat(rounds.order(2)).containsExactly(Way.HANDOFF, Way.DIRECT);
        assertThat(rounds.order(3)).containsExactly(Way.DIRECT, Way.HANDOFF);
    }
}
