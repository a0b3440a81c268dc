package io.handoff.reliability;

import io.handoff.benchmarks.host.MemoryUse;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Looks every few milliseconds at the memory that the buffers of this JVM have outside of the heap. */
final class DirectPeak implements AutoCloseable {

    private static final long MILLIS = 5;

    private final AtomicLong peak = new AtomicLong();
    private final ScheduledExecutorService observer = Executors.newSingleThreadScheduledExecutor();

    DirectPeak() {
        observer.scheduleAtFixedRate(
                () -> peak.accumulateAndGet(MemoryUse.directInUse(), Math::max), 0, MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The most since the last call. */
    long take() {
        return Math.max(peak.getAndSet(0), MemoryUse.directInUse());
    }

    @Override
    public void close() {
        observer.shutdownNow();
    }
}
