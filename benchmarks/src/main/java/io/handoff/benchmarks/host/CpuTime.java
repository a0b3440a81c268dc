package io.handoff.benchmarks.host;

import java.time.Duration;

/**
 * How long a process has been on processors, at an instant.
 *
 * @param used since it started, in steps of 10 ms as Linux counts it (proc_pid_stat(5))
 * @param atNanos the instant, by {@link System#nanoTime()}
 */
public record CpuTime(Duration used, long atNanos) {

    /**
     * Looks at a process.
     *
     * @param process a process that runs
     * @return what it has used up to now
     */
    public static CpuTime of(ProcessHandle process) {
        Duration used = process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("process " + process.pid() + " has ended"));
        return new CpuTime(used, System.nanoTime());
    }

    /**
     * Compares with an earlier instant.
     *
     * @param earlier of the same process
     * @return how many processors it has used on average since
     */
    public double processorsSince(CpuTime earlier) {
        return (double) used.minus(earlier.used).toNanos() / (atNanos - earlier.atNanos);
    }
}
