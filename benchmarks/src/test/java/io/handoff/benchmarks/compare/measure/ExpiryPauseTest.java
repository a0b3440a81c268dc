package io.handoff.benchmarks.compare.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExpiryPauseTest {

    /** The store clears away 1024 with one call. */
    @Test
    void shouldCallUntilEveryExpiredTokenIsClearedAway() {
        ExpiryPause pause = ExpiryPause.measure(100 * 1024);
        assertThat(pause.calls()).isBetween(100, 110);
        assertThat(pause.longestMicros()).isPositive();
    }
}
