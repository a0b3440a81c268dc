package io.handoff.benchmarks.host;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a JVM holds for its program, in bytes.
 *
 * @param heap live objects
 * @param direct memory outside of the heap that buffers have
 */
public record MemoryUse(long heap, long direct) {

    private static final int MAX_COLLECTIONS = 20;

    /** Less than a hundredth of what is measured. */
    private static final long STABLE_BYTES = 64 * 1024;

    /**
     * Collects garbage until that changes nothing any more, then looks at this JVM.
     *
     * @return what is in use then
     */
    public static MemoryUse settled() {
        long before = Long.MAX_VALUE;
        long heap = collected();
        for (int i = 0; i < MAX_COLLECTIONS && Math.abs(before - heap) > STABLE_BYTES; i++) {
            before = heap;
            heap = collected();
        }
        return new MemoryUse(heap, directInUse());
    }

    private static long collected() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /**
     * Looks at the memory outside of the heap. Netty's allocator and the JDK count on their own. Where Netty takes its
     * memory from the JDK that counts twice: in doubt too much.
     *
     * @return what buffers of this JVM have, in bytes
     */
    public static long directInUse() {
        long netty = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
        long jdk = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return netty + jdk;
    }
}
