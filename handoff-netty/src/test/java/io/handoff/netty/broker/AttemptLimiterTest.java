package io.handoff.netty.broker;

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

    @Test
    void shouldTryOneWhenTheWindowIsOverAndNoOtherBeforeItHasEnded() {
        suppressAt(0);

        assertThat(limiter.begin(99)).isFalse();
        assertThat(limiter.allows(100)).isTrue();
        assertThat(limiter.begin(100)).isTrue();

        assertThat(limiter.allows(100)).isFalse();
        assertThat(limiter.begin(5000)).isFalse();
        assertThat(limiter.suppressedForNanos(5000)).isZero();
    }

    @Test
    void shouldBeginANewWindowWhenTheOneTriedFails() {
        suppressAt(0);
        limiter.begin(150);

        limiter.failed(160);

        assertThat(limiter.suppressedForNanos(160)).isEqualTo(100);
        assertThat(limiter.begin(259)).isFalse();
        assertThat(limiter.begin(260)).isTrue();
        assertThat(limiter.begin(260)).as("again one").isFalse();
    }

    @Test
    void shouldLetAllGoOnWhenTheBackendHasAnsweredTheOneTried() {
        suppressAt(0);
        limiter.begin(100);
        limiter.answered();
        assertThat(limiter.begin(101)).isTrue();
        assertThat(limiter.begin(101)).isTrue();

        suppressAt(200);
        limiter.begin(300);
        limiter.succeeded();
        assertThat(limiter.begin(301)).isTrue();
        assertThat(limiter.begin(301)).isTrue();
    }

    @Test
    void shouldTryAnotherWhenTheOneTriedSaysNothingAboutTheBackend() {
        suppressAt(0);
        limiter.begin(100);

        limiter.saidNothing();

        assertThat(limiter.begin(101)).isTrue();
        assertThat(limiter.begin(101)).isFalse();
    }

    @Test
    void shouldNotForgetFailuresForARejection() {
        limiter.failed(0);
        limiter.failed(0);

        limiter.answered();
        limiter.failed(1);

        assertThat(limiter.suppressedForNanos(1)).isEqualTo(99);
    }

    private void suppressAt(long now) {
        for (int i = 0; i < 3; i++) {
            limiter.failed(now);
        }
    }
}
