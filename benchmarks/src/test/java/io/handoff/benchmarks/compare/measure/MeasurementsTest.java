package io.handoff.benchmarks.compare.measure;

import static io.handoff.benchmarks.compare.contender.Contender.FLOOR;
import static io.handoff.benchmarks.compare.contender.Contender.OURS;
import static io.handoff.benchmarks.compare.measure.Comparison.DESCRIPTOR_1;
import static io.handoff.benchmarks.compare.measure.Comparison.DESCRIPTOR_64;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasurementsTest {

    private final Measurements measurements = new Measurements(List.of(
            SampleMeasurements.of(DESCRIPTOR_64, OURS, 1, 100, 10),
            SampleMeasurements.of(DESCRIPTOR_64, FLOOR, 1, 400, 5),
            SampleMeasurements.of(DESCRIPTOR_1, OURS, 1, 7, 1000, Map.of("reset", 2L, "refused", 1L)),
            SampleMeasurements.of(DESCRIPTOR_64, OURS, 2, 300, 20),
            SampleMeasurements.of(DESCRIPTOR_64, FLOOR, 2, 300, 5),
            SampleMeasurements.of(DESCRIPTOR_64, OURS, 3, 200, 30),
            SampleMeasurements.of(DESCRIPTOR_64, FLOOR, 3, 400, 5)));

    @Test
    void shouldSpreadOneServerOfOneComparisonOverTheRounds() {
        assertThat(measurements.spread(DESCRIPTOR_64, OURS, Measurement::perSecond))
                .isEqualTo(new Spread(200, 100, 300));
    }

    /** The ratio of the medians would be 200 ÷ 400, too, but its range another: 100 ÷ 300 to 300 ÷ 400. */
    @Test
    void shouldDivideWithinEachRound() {
        assertThat(measurements.ratio(DESCRIPTOR_64, OURS, FLOOR, Measurement::perSecond))
                .isEqualTo(new Spread(0.5, 0.25, 1));
    }

    @Test
    void shouldAddUpTheLatenciesOfAllRounds() {
        var nanos = measurements.latencyNanos(DESCRIPTOR_64, OURS);
        assertThat(nanos.getTotalCount()).isEqualTo(30);
        assertThat(nanos.getMinValue()).isBetween(9_990L, 10_010L);
        assertThat(nanos.getMaxValue()).isBetween(29_970L, 30_030L);
        assertThat(measurements.all().get(0).latencyNanos().getTotalCount()).isEqualTo(10);
    }

    @Test
    void shouldNameTheMeasurementThatMetErrors() {
        assertThat(measurements.errors(DESCRIPTOR_1, OURS)).isEqualTo(3);
        assertThat(measurements.errors(DESCRIPTOR_64, OURS)).isZero();
        assertThat(measurements.errors())
                .singleElement()
                .satisfies(error -> assertThat(error)
                        .startsWith("descriptor-1, handoff-netty, round 1: ")
                        .contains("reset=2", "refused=1"));
    }
}
