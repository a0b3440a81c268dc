package io.handoff.reliability.flood;

import io.handoff.netty.backend.HandoffServer;
import java.util.List;

/**
 * What a backend may hold in memory while it is flooded, in bytes.
 *
 * @param heap live objects
 * @param direct buffers outside of the heap, at their peak
 */
record FloodBound(long heap, long direct) {

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    /** Classes, and what the good brokers have. */
    private static final long HEAP_AT_REST = 32 * MIB;

    /** The offers whose ACKs have not left, in a connection that reads none. */
    private static final long HEAP_EACH = 64 * KIB;

    /** The event loop's buffers, and the chunks of which the allocator gives parts. */
    private static final long DIRECT_AT_REST = 32 * MIB;

    /**
     * Generous: 8 KiB of ACKs at which a connection is not read any more, the ACKs for what was read last, that itself, and
     * what the allocator cannot give to others between them.
     */
    private static final long DIRECT_EACH = 128 * KIB;

    /** A buffer that grows has twice its content for a moment. */
    private static final int GROWTH = 2;

    static FloodBound of(int connections) {
        return new FloodBound(
                HEAP_AT_REST + connections * HEAP_EACH,
                DIRECT_AT_REST
                        + connections * DIRECT_EACH
                        + GROWTH * (long) HandoffServer.DEFAULT_MAX_LARGE_FRAME_BYTES);
    }

    /** No more direct memory than the bound, and as much heap again for garbage. */
    List<String> jvmFlags() {
        return List.of("-Xmx" + 2 * heap, "-XX:MaxDirectMemorySize=" + direct);
    }

    /** What the bounds are made of. */
    static String explanation() {
        return String.format("""
                The bounds. Heap, live objects while the flood stands: %d MiB, and %d KiB for each bad connection. Direct memory, its
                peak: %d MiB, %d KiB for each bad connection, and %d times `maxLargeFrameBytes`, since a buffer that grows has twice
                its content for a moment. The JVM has no more direct memory than this bound and twice the heap of its bound.
                """, HEAP_AT_REST / MIB, HEAP_EACH / KIB, DIRECT_AT_REST / MIB, DIRECT_EACH / KIB, GROWTH);
    }

    static double mib(long bytes) {
        return (double) bytes / MIB;
    }
}
