package io.handoff.reliability;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.host.CpuTime;
import io.handoff.benchmarks.host.LineProcess;
import io.handoff.benchmarks.host.OpenSockets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A {@link LimitedBackend} in a process of its own, as its parent sees it. */
public final class LimitedBackendProcess implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final LineProcess process;

    private LimitedBackendProcess(LineProcess process) {
        this.process = process;
    }

    /** What can be set of a backend. */
    public record Settings(Path socket, Duration offerTimeout, int maxConnections, int maxFrameLength) {
        private List<String> arguments() {
            return List.of(
                    "--socket=" + socket,
                    "--offer-timeout=" + offerTimeout,
                    "--max-connections=" + maxConnections,
                    "--max-frame-length=" + maxFrameLength);
        }
    }

    public static LimitedBackendProcess start(Settings settings, List<String> jvmFlags)
            throws IOException, InterruptedException {
        return listening(ChildJvm.start(LimitedBackend.class, jvmFlags, settings.arguments()));
    }

    /** The same, and the process may have so many descriptors open. */
    public static LimitedBackendProcess startWithDescriptors(int limit, Settings settings)
            throws IOException, InterruptedException {
        return listening(
                ChildJvm.startWithDescriptors(limit, LimitedBackend.class, List.of("-Xmx128m"), settings.arguments()));
    }

    private static LimitedBackendProcess listening(LineProcess process) throws IOException, InterruptedException {
        process.expectLine(LimitedBackend.LISTENING);
        return new LimitedBackendProcess(process);
    }

    public BackendCounts counts() throws IOException, InterruptedException {
        return JSON.readValue(process.ask(LimitedBackend.COUNTS), BackendCounts.class);
    }

    /** Collects garbage there first. */
    public BackendMemory memory() throws IOException, InterruptedException {
        return JSON.readValue(process.ask(LimitedBackend.MEMORY), BackendMemory.class);
    }

    public CpuTime cpu() {
        return CpuTime.of(process.handle());
    }

    public long sockets() throws IOException {
        return OpenSockets.of(process.handle());
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
