package io.handoff.benchmarks.compare.contender;

import io.handoff.benchmarks.host.CpuTime;
import io.handoff.benchmarks.host.LineProcess;
import io.handoff.benchmarks.host.OpenSockets;
import io.handoff.benchmarks.host.ParentProcess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server in a process of its own, which ends when its standard input does: with {@link #close()}, or with this
 * process, however that ends.
 */
public final class ServerProcess implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final LineProcess process;

    private ServerProcess(LineProcess process) {
        this.process = process;
    }

    /** Starts it, and waits until it listens. */
    public static ServerProcess start(List<String> command) throws IOException {
        LineProcess process = LineProcess.start(command);
        try {
            process.expectLine(ParentProcess.LISTENING);
            return new ServerProcess(process);
        } catch (IOException e) {
            process.close();
            throw e;
        }
    }

    /** Writes a line to its input, and returns the line that it answers with. */
    public String ask(String question) throws IOException {
        return process.ask(question);
    }

    public CpuTime cpu() {
        return CpuTime.of(process.handle());
    }

    /** What its JVM has allocated since it started, in bytes. */
    public long allocatedBytes() throws IOException {
        return Long.parseLong(ask(ParentProcess.ALLOCATED));
    }

    public long openSockets() throws IOException {
        return OpenSockets.of(process.handle());
    }

    /** Waits until it has at least so many sockets. */
    public void awaitOpenSockets(long count) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (openSockets() < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("a server has " + openSockets() + " sockets; expected " + count);
            }
        }
    }

    @Override
    public void close() throws IOException {
        process.end();
    }
}
