package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The reference implementation of the wire in a process of its own: the program in {@code src/it/reference-peer}. Closing
 * it ends the process, and checks that it has printed no token.
 */
final class ReferencePeer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path output;
    private final Process process;

    private ReferencePeer(Path output, Process process) {
        this.output = output;
        this.process = process;
    }

    /** Runs it with its output in a directory. */
    static ReferencePeer start(Path directory, List<String> arguments) throws IOException {
        String program = Objects.requireNonNull(
                System.getProperty("handoff.reference.peer"), "handoff.reference.peer; run with -Pinterop");
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(arguments);
        Path output = Files.createTempFile(directory, "peer", ".out");
        return new ReferencePeer(
                output,
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start());
    }

    /** The whole lines printed so far. */
    List<String> lines() {
        String printed = printed();
        return printed.substring(0, printed.lastIndexOf('\n') + 1).lines().toList();
    }

    /** Waits until so many lines are printed. */
    List<String> awaitLines(int count) {
        List<String> lines =
                await().atMost(PATIENCE).until(this::lines, printed -> printed.size() >= count || !process.isAlive());
        assertThat(lines).hasSizeGreaterThanOrEqualTo(count);
        return lines;
    }

    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("has ended; printed: " + lines())
                .isTrue();
        return process.exitValue();
    }

    /** What it has open now. */
    Set<String> openDescriptors() throws IOException {
        Set<String> open = new TreeSet<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    open.add(descriptor.getFileName() + " -> " + Files.readSymbolicLink(descriptor));
                } catch (NoSuchFileException e) {
                    // Closed meanwhile.
                }
            }
        }
        return open;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        process.getOutputStream().close();
        assertThat(printed()).doesNotContainPattern("\\p{XDigit}{32}");
    }

    private String printed() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
