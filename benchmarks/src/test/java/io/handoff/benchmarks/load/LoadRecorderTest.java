package io.handoff.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoadRecorderTest {

    private static final LoadPlan PLAN =
            new LoadPlan(Path.of("s"), LoadMode.FRESH, 1, 1, Duration.ZERO, Duration.ofSeconds(1), false);

    private final LoadRecorder recorder = new LoadRecorder();

    @Test
    void shouldKeepOnlyTheErrorsOfTheWarmUp() {
        recorder.completed(1000);
        recorder.failed("b");
        recorder.startMeasuring();
        recorder.completed(500);
        recorder.failed("b");
        recorder.failed("a");
        LoadResult result = recorder.result(PLAN);
        assertThat(result.completed()).isEqualTo(1);
        assertThat(result.latencyNanos().getMaxValue()).isEqualTo(500);
        assertThat(result.errors()).containsExactly(entry("a", 1L), entry("b", 2L));
    }

    @Test
    void shouldKeepALatencyThatIsLongerThanTheHistogram() {
        recorder.startMeasuring();
        recorder.completed(Duration.ofMinutes(2).toNanos());
        assertThat(recorder.result(PLAN).latencyNanos().getMaxValue())
                .isGreaterThanOrEqualTo(Duration.ofMinutes(1).toNanos());
    }

    @Test
    void shouldTellEachProgressFromTheOneBefore() {
        recorder.completed(1);
        LoadProgress first = recorder.progress();
        assertThat(first.perSecond()).isPositive();
        assertThat(first.isWarmUp()).isTrue();
        recorder.startMeasuring();
        recorder.failed("a");
        recorder.failed("b");
        LoadProgress second = recorder.progress();
        assertThat(second.perSecond()).isZero();
        assertThat(second.isWarmUp()).isFalse();
        assertThat(second.errors()).isEqualTo(2);
        assertThat(second.elapsed()).isGreaterThan(first.elapsed());
    }
}
