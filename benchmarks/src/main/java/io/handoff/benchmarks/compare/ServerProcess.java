package io.handoff.benchmarks.compare;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server in a process of its own, which ends when its standard input does: with {@link #close()}, or with this
 * process, however that ends.
 */
final class ServerProcess implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;
    private static final String ENDED = "the end of its output";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private ServerProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::readLines, "server-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it, and waits until it listens. */
    static ServerProcess start(List<String> command) throws IOException {
        ServerProcess server = new ServerProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        String line = server.nextLine();
        if (!line.equals(ParentProcess.LISTENING)) {
            server.close();
            throw new IOException(
                    "a server printed " + line + "; expected " + ParentProcess.LISTENING + "; command: " + command);
        }
        return server;
    }

    /** To the end, for a full pipe would stop the process. */
    private void readLines() {
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add(e.toString());
        }
        lines.add(ENDED);
    }

    /** Writes a line to its input, and returns the line that it answers with. */
    String ask(String question) throws IOException {
        OutputStream input = process.getOutputStream();
        input.write((question + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
        return nextLine();
    }

    private String nextLine() throws IOException {
        try {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new IOException("a server printed nothing for " + PATIENCE_SECONDS + " s");
            }
            return line;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    CpuTime cpu() {
        return CpuTime.of(process.toHandle());
    }

    /** How many sockets it has; the JVM opens and closes other files as it likes. */
    long openSockets() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return descriptors.filter(ServerProcess::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            // Closed since it was listed.
            return false;
        }
    }

    /** Waits until it has at least so many sockets. */
    void awaitOpenSockets(long count) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (openSockets() < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("a server has " + openSockets() + " sockets; expected " + count);
            }
        }
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("a server has not ended with its input");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted", e);
    }
}
