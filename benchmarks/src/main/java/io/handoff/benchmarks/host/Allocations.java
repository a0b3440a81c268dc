package io.handoff.benchmarks.host;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** Counts what a JVM's program allocates: exactly, without a profiler, and whether or not it is collected again. */
public final class Allocations {

    private Allocations() {}

    /**
     * Counts now.
     *
     * @return what all threads of this JVM that live have allocated on its heap since they started, in bytes
     */
    public static long bytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // A thread that has ended meanwhile has -1.
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
