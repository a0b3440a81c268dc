package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The packaged {@code handoff} command in a process of its own. Closing it ends the process and checks what holds for
 * every run: no token was printed, and no buffer leaked.
 */
final class HandoffProcess implements AutoCloseable {

    static final String TOKEN = "000102030405060708090a0b0c0d0e0f";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path stdout;
    private final Path stderr;
    private final Process process;

    private HandoffProcess(Path directory, List<String> arguments) throws IOException {
        stdout = Files.createTempFile(directory, "handoff", ".out");
        stderr = Files.createTempFile(directory, "handoff", ".err");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dio.netty.leakDetection.level=paranoid",
                "-Djava.io.tmpdir=" + directory,
                "-jar",
                System.getProperty("handoff.jar")));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectOutput(stdout.toFile())
                .redirectError(stderr.toFile())
                .start();
    }

    /** Runs the command with its output and its temporary files in a directory. */
    static HandoffProcess start(Path directory, String... arguments) throws IOException {
        return new HandoffProcess(directory, List.of(arguments));
    }

    /** Where {@link #startBackend} listens. */
    static Path socketIn(Path directory) {
        return directory.resolve("backend.sock");
    }

    /** Runs {@code handoff backend} without descriptors and with one token pending, until it listens or ends. */
    static HandoffProcess startBackend(Path directory, String... moreArguments) throws IOException {
        return startServer(
                directory,
                Stream.of(
                        "backend",
                        "--no-descriptors",
                        "--socket",
                        socketIn(directory).toString(),
                        "--token",
                        TOKEN),
                moreArguments);
    }

    /** Runs {@code handoff backend}, adopting connections and with nothing else set, until it listens or ends. */
    static HandoffProcess startAdoptingBackend(Path directory, String... moreArguments) throws IOException {
        return startServer(
                directory, Stream.of("backend", "--socket", socketIn(directory).toString()), moreArguments);
    }

    /** Runs {@code handoff broker} for the backend that listens in the directory, until it listens itself or ends. */
    static HandoffProcess startBroker(Path directory, String listen, String... moreArguments) throws IOException {
        return startServer(
                directory,
                Stream.of(
                        "broker",
                        "--listen",
                        listen,
                        "--backend",
                        socketIn(directory).toString(),
                        "--service",
                        "demo"),
                moreArguments);
    }

    private static HandoffProcess startServer(Path directory, Stream<String> arguments, String... moreArguments)
            throws IOException {
        HandoffProcess server = new HandoffProcess(
                directory, Stream.concat(arguments, Stream.of(moreArguments)).toList());
        server.awaitLines(1);
        return server;
    }

    long pid() {
        return process.pid();
    }

    /** Where a server says it listens. */
    String address() {
        assertThat(lines()).as(errors()).first().asString().startsWith("listening on ");
        return lines().get(0).substring("listening on ".length());
    }

    /** Waits until so many lines are printed, or the process has ended, and returns them and any further ones. */
    List<String> awaitLines(int count) {
        return await().atMost(PATIENCE).until(this::lines, lines -> lines.size() >= count || !process.isAlive());
    }

    /** The whole lines printed so far. */
    List<String> lines() {
        String output = read(stdout);
        return output.substring(0, output.lastIndexOf('\n') + 1).lines().toList();
    }

    String errors() {
        return read(stderr);
    }

    List<ProcessHandle> awaitChildren(int count) {
        return await().atMost(PATIENCE).until(() -> process.children().toList(), found -> found.size() == count);
    }

    /** All that was printed, to explain why an expectation was not met. */
    String output() {
        return read(stdout) + errors();
    }

    /** Waits until a file is no longer there. */
    static void awaitRemoval(Path file) {
        await().atMost(PATIENCE).until(() -> !Files.exists(file));
    }

    void sendSigterm() {
        process.destroy();
    }

    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("has ended")
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        assertThat(output())
                .doesNotContainIgnoringCase(TOKEN)
                .doesNotContainPattern("\\p{XDigit}{32}")
                .doesNotContain("LEAK");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
