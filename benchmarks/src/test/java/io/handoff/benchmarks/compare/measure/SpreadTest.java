package io.handoff.benchmarks.compare.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void shouldTakeTheMiddleWhenTheNumberOfValuesIsOdd() {
        assertThat(Spread.of(DoubleStream.of(9, 1, 4))).isEqualTo(new Spread(4, 1, 9));
    }

    @Test
    void shouldTakeTheMeanOfTheTwoInTheMiddleWhenTheNumberOfValuesIsEven() {
        assertThat(Spread.of(DoubleStream.of(9, 1, 4, 5))).isEqualTo(new Spread(4.5, 1, 9));
    }

    @Test
    void shouldRefuseToSummarizeNothing() {
        assertThatThrownBy(() -> Spread.of(DoubleStream.empty())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldShowTheMedianAndTheRange() {
        assertThat(new Spread(12_345.67, 0.5, 20_000).toText(1)).isEqualTo("12,345.7 (0.5–20,000.0)");
        assertThat(new Spread(2048, 1024, 4096).dividedBy(1024).toText(2)).isEqualTo("2.00 (1.00–4.00)");
    }
}
