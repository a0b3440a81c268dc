package io.handoff.reliability;

import io.handoff.benchmarks.host.MemoryUse;

/**
 * What a backend holds, in bytes.
 *
 * @param heap live objects now
 * @param directPeak the most memory outside of the heap that its buffers have had since the peak was asked for before
 */
public record BackendMemory(long heap, long directPeak) {

    static BackendMemory of(DirectPeak direct) {
        return new BackendMemory(MemoryUse.settled().heap(), direct.take());
    }
}
