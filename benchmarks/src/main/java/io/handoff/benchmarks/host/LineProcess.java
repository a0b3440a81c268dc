package io.handoff.benchmarks.host;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Another process, which prints lines and answers those that it is sent; its errors go to those of this process. What is
 * run should end when its standard input does, for then this process is gone. For one thread.
 */
public final class LineProcess implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;
    private static final String ENDED = "the end of its output";

    private final List<String> command;
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private LineProcess(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        Thread reader = new Thread(this::readLines, "process-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a process.
     *
     * @param command the program and its arguments
     * @return the process; whoever starts it closes it
     * @throws IOException if it cannot be started
     */
    public static LineProcess start(List<String> command) throws IOException {
        return new LineProcess(
                command,
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
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

    /**
     * Waits for the next line.
     *
     * @return what it printed
     * @throws IOException if it prints nothing for a minute, or the calling thread is interrupted
     */
    public String nextLine() throws IOException {
        try {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new IOException("nothing was printed for " + PATIENCE_SECONDS + " s by " + command);
            }
            return line;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * Waits for the next line, which has to be this one.
     *
     * @param expected what it has to print
     * @throws IOException if it prints something else, or as in {@link #nextLine}
     */
    public void expectLine(String expected) throws IOException {
        String line = nextLine();
        if (!line.equals(expected)) {
            throw new IOException("a process printed " + line + "; expected " + expected + "; command: " + command);
        }
    }

    /**
     * Sends a line, and waits for the answer.
     *
     * @param question the line
     * @return the line that it answers with
     * @throws IOException if it has ended, or as in {@link #nextLine}
     */
    public String ask(String question) throws IOException {
        OutputStream input = process.getOutputStream();
        input.write((question + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
        return nextLine();
    }

    /**
     * Gives access to what the system knows of it.
     *
     * @return its handle
     */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Ends its input, and waits until it has ended with it. */
    public void end() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("a process has not ended with its input; command: " + command);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Kills it with SIGKILL, and waits until it is gone. */
    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted", e);
    }
}
