package io.handoff.benchmarks.compare.measure;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.load.LoadResult;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One server under one load, once.
 *
 * @param comparison name of the comparison
 * @param server who was measured
 * @param round counted from 1
 * @param seconds how long was measured
 * @param completed handoffs, offers or exchanges
 * @param perSecond how many of them per second
 * @param latencyMicros of one of them
 * @param errors how often each error occurred
 * @param generatorCpuShare how much of one processor the load generator's thread has used, 0 to 1
 * @param serverCpuMicros processor time of the server for each one completed
 * @param allocated bytes on the heap of the server for each one completed; null if it has none
 * @param latencyNanos the latencies of all of them
 */
public record Measurement(
        String comparison,
        Contender server,
        int round,
        double seconds,
        long completed,
        double perSecond,
        Latency latencyMicros,
        Map<String, Long> errors,
        double generatorCpuShare,
        double serverCpuMicros,
        @Nullable Double allocated,
        @JsonIgnore Histogram latencyNanos) {

    /** The percentiles that the tables show, in microseconds. */
    public record Latency(double p50, double p90, double p99, double p999, double max) {

        static Latency of(Histogram nanos) {
            return new Latency(
                    micros(nanos.getValueAtPercentile(50)),
                    micros(nanos.getValueAtPercentile(90)),
                    micros(nanos.getValueAtPercentile(99)),
                    micros(nanos.getValueAtPercentile(99.9)),
                    micros(nanos.getMaxValue()));
        }
    }

    static Measurement of(
            Comparison comparison, Contender server, int round, LoadResult result, ServerUse before, ServerUse after) {
        Double allocated = after.bytesPerSecondSince(before);
        double seconds = (double) result.elapsed().toNanos() / TimeUnit.SECONDS.toNanos(1);
        return new Measurement(
                comparison.name(),
                server,
                round,
                seconds,
                result.completed(),
                result.perSecond(),
                Latency.of(result.latencyNanos()),
                result.errors(),
                (double) result.cpu().toNanos() / result.elapsed().toNanos(),
                after.cpuMicrosPerSecondSince(before) / result.perSecond(),
                allocated == null ? null : allocated / result.perSecond(),
                result.latencyNanos());
    }

    public double p50() {
        return latencyMicros.p50();
    }

    public double p99() {
        return latencyMicros.p99();
    }

    /** Of a server that has a heap. */
    public double allocatedBytes() {
        return Objects.requireNonNull(allocated, server.title() + " has no heap");
    }

    private static double micros(long nanos) {
        return (double) nanos / TimeUnit.MICROSECONDS.toNanos(1);
    }
}
