package io.handoff.reliability.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.reliability.Reliability;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever error a system call of a handoff returns, one side serves the client or it is closed, nothing is left, the next
 * handoff works, and both processes end when they are told to. It takes strace(1): {@code .ci/sweep} runs it in small.
 */
class SweepIT {

    @Test
    void shouldServeTheClientOnOneSideOrCloseItWhenAnyCallFails(@TempDir Path directory) throws Exception {
        SweepResults results = new SweepResults();
        try (Sweep sweep = new Sweep(directory)) {
            for (List<Injection> together : Reliability.isFull() ? SweepPlan.full(sweep) : SweepPlan.small(sweep)) {
                for (Injection injection : together) {
                    results.add(sweep.inject(injection));
                }
                results.ended(together, sweep.end());
            }
        }
        SweepPage.write(results);
        assertThat(results.violations()).isEmpty();
        assertThat(results.injected()).as("calls that were made to fail").isPositive();
    }
}
