package io.handoff.benchmarks.load;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What a run has measured; the warm-up is in none of it but the errors.
 *
 * @param plan what was run
 * @param completed how many handoffs, offers or exchanges were completed
 * @param errors how often each error occurred, by its text, sorted by it; those of the warm-up too, after which the rest
 *     would not be worth much
 * @param latencyNanos the latency of each that was completed, in nanoseconds
 * @param elapsed how long the measuring took
 * @param cpu the time that the generator's own thread was on a processor meanwhile
 */
public record LoadResult(
        LoadPlan plan,
        long completed,
        Map<String, Long> errors,
        Histogram latencyNanos,
        Duration elapsed,
        Duration cpu) {

    /**
     * Returns the throughput.
     *
     * @return what was completed per second
     */
    public double perSecond() {
        return completed * (double) TimeUnit.SECONDS.toNanos(1) / elapsed.toNanos();
    }
}
