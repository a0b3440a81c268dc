package io.handoff.benchmarks.compare.measure;

import io.handoff.benchmarks.compare.contender.Contender;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Measurements that nobody has made, with numbers that are easy to reckon with. */
public final class SampleMeasurements {

    private SampleMeasurements() {}

    /** Of ten handoffs in one second, which all took as long. */
    public static Measurement of(Comparison comparison, Contender server, int round, double perSecond, double micros) {
        return of(comparison, server, round, perSecond, micros, Map.of());
    }

    static Measurement of(
            Comparison comparison,
            Contender server,
            int round,
            double perSecond,
            double micros,
            Map<String, Long> errors) {
        Histogram nanos = new Histogram(3);
        nanos.recordValueWithCount(Math.round(micros * 1000), 10);
        return new Measurement(
                comparison.name(),
                server,
                round,
                1,
                10,
                perSecond,
                new Measurement.Latency(micros, micros, micros, micros, micros),
                errors,
                0.5,
                20,
                server.isJvm() ? 4000.0 : null,
                nanos);
    }
}
