package io.handoff.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own with the class path of the tests, which runs one main class and prints lines. It is killed with
 * SIGKILL by {@link #close()}; its main class ends by itself when its standard input does, for then this JVM is gone.
 */
final class ChildProcess implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;
    private static final String ENDED = "(the end of its output)";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private ChildProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::readLines, "child-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a main class with the given JVM flags and arguments. */
    static ChildProcess start(Class<?> main, List<String> jvmFlags, List<String> arguments) throws IOException {
        return start(jvm(main, jvmFlags, arguments));
    }

    /** As {@link #start}, and the process may have so many descriptors open. */
    static ChildProcess startWithDescriptors(int limit, Class<?> main, List<String> jvmFlags, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n " + limit + "; exec \"$@\"", "sh"));
        command.addAll(jvm(main, jvmFlags, arguments));
        return start(command);
    }

    private static ChildProcess start(List<String> command) throws IOException {
        return new ChildProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private static List<String> jvm(Class<?> main, List<String> jvmFlags, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
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

    /** The next line that it prints. */
    String nextLine() throws IOException, InterruptedException {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new IOException("a child printed nothing for " + PATIENCE_SECONDS + " s");
        }
        return line;
    }

    /** Waits for it to print this very line next. */
    void expectLine(String expected) throws IOException, InterruptedException {
        String line = nextLine();
        if (!line.equals(expected)) {
            throw new IOException("a child printed " + line + "; expected " + expected);
        }
    }

    /** Writes a line to its standard input, and returns the line that it answers with. */
    String ask(String question) throws IOException, InterruptedException {
        var input = process.getOutputStream();
        input.write((question + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
        return nextLine();
    }

    long pid() {
        return process.pid();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** SIGKILL, and waits until it is gone. */
    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
