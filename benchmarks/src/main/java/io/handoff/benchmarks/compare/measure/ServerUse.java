package io.handoff.benchmarks.compare.measure;

import io.handoff.benchmarks.compare.contender.ServerProcess;
import io.handoff.benchmarks.host.CpuTime;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a server has used since it started, at an instant.
 *
 * @param cpu time on processors
 * @param allocatedBytes on its heap; null if it has none
 */
record ServerUse(CpuTime cpu, @Nullable Long allocatedBytes) {

    static ServerUse of(ServerProcess server, boolean isJvm) throws IOException {
        return new ServerUse(server.cpu(), isJvm ? server.allocatedBytes() : null);
    }

    /** Processor time for each second, in microseconds. */
    double cpuMicrosPerSecondSince(ServerUse earlier) {
        return cpu.processorsSince(earlier.cpu) * TimeUnit.SECONDS.toMicros(1);
    }

    /** Null if it has no heap. */
    @Nullable
    Double bytesPerSecondSince(ServerUse earlier) {
        if (allocatedBytes == null || earlier.allocatedBytes == null) {
            return null;
        }
        double nanos = cpu.atNanos() - earlier.cpu.atNanos();
        return (allocatedBytes - earlier.allocatedBytes) * TimeUnit.SECONDS.toNanos(1) / nanos;
    }
}
