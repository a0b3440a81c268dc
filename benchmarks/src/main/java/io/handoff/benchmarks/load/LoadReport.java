package io.handoff.benchmarks.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A result as the command prints it.
 *
 * @param mode what was run, in lower case
 * @param concurrency how many at a time
 * @param depth offers outstanding on each connection
 * @param seconds how long it was measured
 * @param completed how many were completed
 * @param perSecond the throughput
 * @param latencyMicros the percentiles of the latency, by their names, in microseconds
 * @param errors how often each error occurred
 * @param generatorCpu what the generator's thread used of one processor, 1 for all of it
 */
record LoadReport(
        String mode,
        int concurrency,
        int depth,
        double seconds,
        long completed,
        double perSecond,
        Map<String, Double> latencyMicros,
        Map<String, Long> errors,
        double generatorCpu) {

    static LoadReport of(LoadResult result) {
        LoadPlan plan = result.plan();
        double seconds = result.elapsed().toNanos() / (double) TimeUnit.SECONDS.toNanos(1);
        return new LoadReport(
                plan.mode().name().toLowerCase(Locale.ROOT),
                plan.concurrency(),
                plan.slotsEach(),
                seconds,
                result.completed(),
                result.perSecond(),
                percentiles(result.latencyNanos()),
                result.errors(),
                result.cpu().toNanos() / (double) result.elapsed().toNanos());
    }

    private static Map<String, Double> percentiles(Histogram nanos) {
        Map<String, Double> percentiles = new LinkedHashMap<>();
        for (double percentile : new double[] {50, 90, 99, 99.9}) {
            String name = "p" + (percentile % 1 == 0 ? String.valueOf((int) percentile) : String.valueOf(percentile));
            percentiles.put(name, micros(nanos.getValueAtPercentile(percentile)));
        }
        percentiles.put("max", micros(nanos.getMaxValue()));
        return percentiles;
    }

    private static double micros(long nanos) {
        return nanos / (double) TimeUnit.MICROSECONDS.toNanos(1);
    }

    String toJson() throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(this);
    }

    String toText() {
        StringBuilder text = new StringBuilder();
        line(text, mode + ", per second", "%.0f", perSecond);
        latencyMicros.forEach((name, micros) -> line(text, name + ", µs", "%.1f", micros));
        line(
                text,
                "errors",
                "%d",
                errors.values().stream().mapToLong(Long::longValue).sum());
        errors.forEach((error, count) -> line(text, "  " + error, "%d", count));
        line(text, "generator, % of a CPU", "%.0f", 100 * generatorCpu);
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String format, Object value) {
        text.append(String.format(Locale.ROOT, "%-24s %12s%n", name, String.format(Locale.ROOT, format, value)));
    }
}
