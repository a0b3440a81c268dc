package io.handoff.benchmarks.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.benchmarks.compare.measure.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxyResultsTest {

    @Test
    void shouldCountTheRequestsUntilAHandoffIsPaidFor() {
        assertThat(ProxyResults.requestsUntilPaid(-100, 50)).isEqualTo(3);
        assertThat(ProxyResults.requestsUntilPaid(-101, 50)).isEqualTo(4);
        assertThat(ProxyResults.requestsUntilPaid(-1, 50)).isEqualTo(2);
        assertThat(ProxyResults.requestsUntilPaid(0, 50)).isEqualTo(1);
        assertThat(ProxyResults.requestsUntilPaid(10, 50)).isEqualTo(1);
        assertThat(ProxyResults.requestsUntilPaid(-100, 0)).isInfinite();
        assertThat(ProxyResults.requestsUntilPaid(-100, -1)).isInfinite();
    }

    @Test
    void shouldTellWhenAHandoffIsPaidForRoundByRound() {
        ProxyResults results = new ProxyResults(
                List.of(
                        sample(1, Way.HANDOFF, Load.CONNECTIONS, 300),
                        sample(1, Way.HAPROXY, Load.CONNECTIONS, 200),
                        sample(1, Way.HANDOFF, Load.REQUESTS, 30),
                        sample(1, Way.HAPROXY, Load.REQUESTS, 80),
                        sample(2, Way.HANDOFF, Load.CONNECTIONS, 200),
                        sample(2, Way.HAPROXY, Load.CONNECTIONS, 250),
                        sample(2, Way.HANDOFF, Load.REQUESTS, 30),
                        sample(2, Way.HAPROXY, Load.REQUESTS, 80)),
                List.of());

        assertThat(results.requestsUntilPaid(1, Sample::p50Micros)).isEqualTo(new Spread(2, 1, 3));
    }

    @Test
    void shouldDivideRoundByRound() {
        ProxyResults results = new ProxyResults(
                List.of(
                        sample(1, Way.HANDOFF, Load.REQUESTS, 30),
                        sample(1, Way.DIRECT, Load.REQUESTS, 10),
                        sample(2, Way.DIRECT, Load.REQUESTS, 20),
                        sample(2, Way.HANDOFF, Load.REQUESTS, 20)),
                List.of());

        assertThat(results.ratio(Way.HANDOFF, Way.DIRECT, Load.REQUESTS, 1, Sample::p50Micros))
                .isEqualTo(new Spread(2, 1, 3));
    }

    @Test
    void shouldKnowWhetherThereWereErrors() {
        Sample good = sample(1, Way.DIRECT, Load.REQUESTS, 10);
        Sample bad = new Sample(2, Way.DIRECT, Load.REQUESTS, 1, 1000, 10, 10, 10, 3);

        assertThat(new ProxyResults(List.of(good, good), List.of()).hasNoErrors())
                .isTrue();
        ProxyResults results = new ProxyResults(List.of(good, bad), List.of());
        assertThat(results.hasNoErrors()).isFalse();
        assertThat(results.errors(Way.DIRECT, Load.REQUESTS, 1)).isEqualTo(3);
        assertThat(results.errors(Way.DIRECT, Load.CONNECTIONS, 1)).isZero();
    }

    private static Sample sample(int round, Way way, Load load, double micros) {
        return new Sample(round, way, load, 1, 1000, micros, micros, micros, 0);
    }
}
