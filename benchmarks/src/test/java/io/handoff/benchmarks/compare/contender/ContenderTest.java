package io.handoff.benchmarks.compare.contender;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ContenderTest {

    private static final Duration LONG = Duration.ofSeconds(7);
    private static final Duration SHORT = Duration.ofMillis(100);

    @Test
    void shouldWarmUpForASecondAtMostWhatNeedsNoJit() {
        assertThat(Contender.FLOOR.warmUp(LONG)).isEqualTo(LONG);
        assertThat(Contender.FLOOR_IN_C.warmUp(LONG)).isEqualTo(Duration.ofSeconds(1));
        assertThat(Contender.REFERENCE.warmUp(LONG)).isEqualTo(Duration.ofSeconds(1));
        assertThat(Contender.FLOOR_IN_C.warmUp(SHORT)).isEqualTo(SHORT);
    }
}
