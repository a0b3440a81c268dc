package io.handoff.benchmarks.load;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Counts what happens. Belongs to the event loop's thread, whose processor time it takes. */
final class LoadRecorder {

    private static final long MAX_LATENCY_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int SIGNIFICANT_DIGITS = 3;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Histogram latencyNanos = new Histogram(MAX_LATENCY_NANOS, SIGNIFICANT_DIGITS);
    private final Map<String, Long> errors = new TreeMap<>();
    private final long startNanos = System.nanoTime();
    private boolean isMeasuring;
    private long measuringSinceNanos;
    private long cpuBeforeNanos;
    private long completed;
    private long completedBefore;
    private long progressBeforeNanos = startNanos;

    void completed(long nanos) {
        completed++;
        latencyNanos.recordValue(Math.min(nanos, MAX_LATENCY_NANOS));
    }

    void failed(String error) {
        errors.merge(error, 1L, Long::sum);
    }

    /** Ends the warm-up. */
    void startMeasuring() {
        isMeasuring = true;
        latencyNanos.reset();
        cpuBeforeNanos = threads.getCurrentThreadCpuTime();
        measuringSinceNanos = System.nanoTime();
    }

    /** Whether so many have been completed since the measuring started, or any has failed since the start. */
    boolean hasMeasured(long atLeast) {
        return latencyNanos.getTotalCount() >= atLeast || !errors.isEmpty();
    }

    LoadProgress progress() {
        long now = System.nanoTime();
        double perSecond = (completed - completedBefore)
                * (double) TimeUnit.SECONDS.toNanos(1)
                / Math.max(1, now - progressBeforeNanos);
        completedBefore = completed;
        progressBeforeNanos = now;
        long failed = errors.values().stream().mapToLong(Long::longValue).sum();
        return new LoadProgress(Duration.ofNanos(now - startNanos), !isMeasuring, perSecond, failed);
    }

    /** Ends the measuring; nothing may be recorded any more. */
    LoadResult result(LoadPlan plan) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - measuringSinceNanos);
        Duration cpu = Duration.ofNanos(threads.getCurrentThreadCpuTime() - cpuBeforeNanos);
        return new LoadResult(plan, latencyNanos.getTotalCount(), errors, latencyNanos, elapsed, cpu);
    }
}
