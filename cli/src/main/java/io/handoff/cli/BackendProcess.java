package io.handoff.cli;

import io.handoff.netty.HandoffToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A {@code handoff backend} in a process of its own, with a private directory for its socket. Closing it, or the end of
 * this JVM in whatever way but SIGKILL, ends the process and removes the directory.
 */
final class BackendProcess implements AutoCloseable {

    private final Path directory;
    private @Nullable Process process;
    private boolean closed;

    BackendProcess() throws IOException {
        // Made with mode 0700.
        directory = Files.createTempDirectory("handoff-demo");
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "handoff-demo-stop"));
    }

    Path socket() {
        return directory.resolve("backend.sock");
    }

    /** Starts the backend with one token pending, and tells whether it listens, or what else it says first. */
    String start(HandoffToken token, Duration timeout) throws IOException, InterruptedException, ExecutionException {
        BufferedReader output = launch(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        // It lives too short for the optimizing compiler.
                        "-XX:TieredStopAtLevel=1",
                        // Run from its jar, as it is, the command has the jar for its class path.
                        "-jar",
                        System.getProperty("java.class.path"),
                        "backend",
                        "--no-descriptors",
                        "--socket",
                        socket().toString(),
                        "--token",
                        token.toHex())
                .inputReader();
        CompletableFuture<String> firstLine = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(output, firstLine), "handoff-demo-backend-output");
        reader.setDaemon(true);
        reader.start();
        try {
            String line = firstLine.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return line.equals("listening on " + socket()) ? "listening" : line;
        } catch (TimeoutException e) {
            return "nothing within " + timeout.toMillis() + " ms";
        }
    }

    /** Excludes {@link #close}, so that a signal finds either no process or one that it can end. */
    private synchronized Process launch(String... command) throws IOException {
        if (closed) {
            throw new IOException("interrupted before the backend was started");
        }
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return process;
    }

    /** Reads to the end, for a full pipe would stop the backend. */
    private static void read(BufferedReader output, CompletableFuture<String> firstLine) {
        try (output) {
            output.lines().forEach(firstLine::complete);
        } catch (IOException | UncheckedIOException e) {
            firstLine.completeExceptionally(e);
        }
        firstLine.complete("nothing: the backend has ended");
    }

    /** Sends SIGTERM, and tells how the backend ended. */
    String stop(Duration timeout) throws InterruptedException {
        Process running = process;
        if (running == null) {
            return "not running";
        }
        running.destroy();
        if (!running.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            return "still running after " + timeout.toMillis() + " ms";
        }
        boolean socketLeft = Files.exists(socket(), LinkOption.NOFOLLOW_LINKS);
        return "exit " + running.exitValue() + ", socket file " + (socketLeft ? "left behind" : "removed");
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
        try {
            Files.deleteIfExists(socket());
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
