package io.handoff.benchmarks.jmh;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs the benchmarks on threads as event loops have them. On any other thread Netty's recyclers and its allocator's
 * thread-local magazines are off, and the numbers would be of a Netty that nobody runs.
 */
public final class EventLoopThreads extends ThreadPoolExecutor {

    /** The constructor that JMH calls for {@code jmh.executor=CUSTOM}. */
    public EventLoopThreads(int threads, String prefix) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(prefix));
    }
}
