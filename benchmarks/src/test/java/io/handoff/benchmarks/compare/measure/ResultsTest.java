package io.handoff.benchmarks.compare.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.page.SampleResults;
import org.junit.jupiter.api.Test;

class ResultsTest {

    /** 30,000 ÷ 20,000 and 16,000 ÷ 10,000. */
    @Test
    void shouldDivideBrokersWithinEachRound() throws Exception {
        Spread ratio = SampleResults.results().brokers(Contender.OURS, Contender.REFERENCE);
        assertThat(ratio).isEqualTo(new Spread(1.55, 1.5, 1.6));
    }

    @Test
    void shouldNameTheBrokerThatMetErrors() throws Exception {
        assertThat(SampleResults.results().errors()).containsExactly("broker, reference, round 2: {late=1}");
    }
}
