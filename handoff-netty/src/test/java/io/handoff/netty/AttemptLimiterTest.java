package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptLimiterTest {

    private static final long WINDOW_NANOS = 100;

    private final AttemptLimiter limiter = new AttemptLimiter(3, Duration.ofNanos(WINDOW_NANOS));

    @Test
    void shouldSuppressNothingBelowTheLimit() {
        limiter.failed(10);
        limiter.failed(11);

        assertThat(limiter.suppressedForNanos(11)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -50, Long.MAX_VALUE - 20})
    void shouldSuppressUntilTheWindowOfTheFirstFailureIsOver(long start) {
        limiter.failed(start);
        limiter.failed(start + 40);
        limiter.failed(start + 60);

        assertThat(limiter.suppressedForNanos(start + 60)).isEqualTo(40);
        assertThat(limiter.suppressedForNanos(start + 99)).isEqualTo(1);
        assertThat(limiter.suppressedForNanos(start + 100)).isZero();
    }

    @Test
    void shouldBeginANewWindowWithTheFirstFailureAfterTheOld() {
        limiter.failed(0);
        limiter.failed(1);
        limiter.failed(100);
        limiter.failed(101);
        assertThat(limiter.suppressedForNanos(101)).isZero();

        limiter.failed(102);

        assertThat(limiter.suppressedForNanos(102)).isEqualTo(98);
        assertThat(limiter.suppressedForNanos(200)).isZero();
    }

    @Test
    void shouldCountFromNothingAfterASuccess() {
        limiter.failed(0);
        limiter.failed(1);
        limiter.succeeded();
        limiter.failed(50);
        limiter.failed(51);
        assertThat(limiter.suppressedForNanos(51)).isZero();

        limiter.failed(52);

        assertThat(limiter.suppressedForNanos(52)).as("the window began at 50").isEqualTo(98);
    }

    @Test
    void shouldEndTheSuppressionWithASuccessThatWasUnderWay() {
        limiter.failed(0);
        limiter.failed(0);
        limiter.failed(0);

        limiter.succeeded();

        assertThat(limiter.suppressedForNanos(1)).isZero();
    }

    @Test
    void shouldNotProlongTheWindowByFailuresBeyondTheLimit() {
        for (int now = 0; now < 50; now++) {
            limiter.failed(now);
        }

        assertThat(limiter.suppressedForNanos(50)).isEqualTo(50);
        assertThat(limiter.suppressedForNanos(100)).isZero();
    }

    @Test
    void shouldSuppressForNoLongerThanTheWindowAtAClockReadBeforeItBegan() {
        limiter.failed(10);
        limiter.failed(10);
        limiter.failed(10);

        assertThat(limiter.suppressedForNanos(9)).isEqualTo(WINDOW_NANOS);
    }
}
