package io.handoff.benchmarks.compare.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.benchmarks.compare.page.SampleResults;
import org.junit.jupiter.api.Test;

class MicroBenchmarksTest {

    @Test
    void shouldCombineTheMeansOfEachFork() throws Exception {
        assertThat(SampleResults.jmh()
                        .times(MicroBenchmarks.ACCEPTED, MicroBenchmarks.RAW_ECHO, (accepted, echo) -> accepted / echo))
                .isEqualTo(new Spread(3, 2, 4));
    }

    @Test
    void shouldTellBenchmarksApartByTheirParameter() throws Exception {
        Spread times = SampleResults.jmh()
                .times(
                        MicroBenchmarks.CONSUME_AND_ISSUE + " 1000000",
                        MicroBenchmarks.CONSUME_AND_ISSUE + " 1000",
                        (million, thousand) -> million - thousand);
        assertThat(times).isEqualTo(new Spread(105, 100, 110));
    }

    @Test
    void shouldSayWhichBenchmarkHasNotRun() throws Exception {
        MicroBenchmarks jmh = SampleResults.jmh();
        assertThatThrownBy(() -> jmh.times(MicroBenchmarks.ACCEPTED, "FrameDecode.decode", (a, b) -> a))
                .hasMessageContaining("FrameDecode.decode");
    }
}
