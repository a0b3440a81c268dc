package io.handoff.examples.http;

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

/**
 * A program of the tests' class path in a process of its own. Closing it ends the process, which must not have leaked a
 * buffer.
 */
final class JavaProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final Path output;

    private JavaProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts a program, and waits until it has printed a line. */
    static JavaProcess start(Path directory, String mainClass, String... arguments) throws IOException {
        Path output = Files.createTempFile(directory, "process", ".out");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dio.netty.leakDetection.level=paranoid",
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        JavaProcess started = new JavaProcess(process, output);
        await().atMost(PATIENCE).until(() -> started.output().contains("\n") || !process.isAlive());
        return started;
    }

    String pid() {
        return Long.toString(process.pid());
    }

    /** All that it has printed so far. */
    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port of 127.0.0.1 that it says it listens on. */
    int port() {
        String firstLine = output().lines().findFirst().orElseThrow();
        assertThat(firstLine).matches(".* /?127\\.0\\.0\\.1:\\d+");
        return Integer.parseInt(firstLine.substring(firstLine.lastIndexOf(':') + 1));
    }

    /** Sends SIGTERM, waits for the end, and returns all that was printed. */
    String stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ended")
                .isTrue();
        return output();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        assertThat(output()).doesNotContain("LEAK", "WARN", "Exception");
    }
}
