package io.handoff.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.testkit.JavaCommand;
import io.handoff.testkit.StartedProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program of the tests' class path in a process of its own. Closing it ends the process, which must not have leaked a
 * buffer.
 */
public final class JavaProcess implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

    private final StartedProcess process;

    private JavaProcess(StartedProcess process) {
        this.process = process;
    }

    /** Starts a program, and waits until it has printed a line. */
    public static JavaProcess start(Path directory, String mainClass, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = JavaCommand.of(mainClass)
                .withJvmOptions(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dio.netty.leakDetection.level=paranoid",
                        "-Djava.io.tmpdir=" + directory)
                .withArguments(arguments)
                .toList();
        return new JavaProcess(StartedProcess.startUntil(command, anyLine -> true));
    }

    /** {@return its number, in decimal} */
    public String pid() {
        return Long.toString(process.handle().pid());
    }

    /** The port of 127.0.0.1 that it says it listens on. */
    public int port() {
        String firstLine = process.lines().get(0);
        Matcher address = ADDRESS.matcher(firstLine);
        assertThat(address.find()).as(firstLine).isTrue();
        return Integer.parseInt(address.group(1));
    }

    /** Sends SIGTERM, waits for the end, and returns the lines that were printed. */
    public List<String> stop() throws InterruptedException {
        process.terminate().awaitExit();
        return process.lines();
    }

    @Override
    public void close() {
        process.close();
        assertThat(process.output()).doesNotContain("LEAK", "WARN", "Exception");
    }
}
