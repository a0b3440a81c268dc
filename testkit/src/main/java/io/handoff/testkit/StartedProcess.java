package io.handoff.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A process that the test has started, and that ends with it. All that it prints is kept, line by line and in UTF-8; where
 * something is awaited in vain, the error shows it. Waiting takes 60 seconds at most.
 */
public final class StartedProcess implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;
    private static final int LAST_LINES_SECONDS = 5;

    private final List<String> command;
    private final Process process;
    private final OutputLines lines;
    private final OutputLines errorLines;
    private int linesRead;

    private StartedProcess(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        this.lines = OutputLines.of(process.inputReader(StandardCharsets.UTF_8));
        this.errorLines = OutputLines.of(process.errorReader(StandardCharsets.UTF_8));
    }

    /**
     * Runs a command in this process's folder and with its environment.
     *
     * @param command the program and its arguments
     * @return the process
     * @throws IOException if it cannot be started
     */
    public static StartedProcess start(List<String> command) throws IOException {
        return new StartedProcess(List.copyOf(command), new ProcessBuilder(command).start());
    }

    /**
     * Runs a command, and waits until it is ready. If that fails, it is ended.
     *
     * @param command the program and its arguments
     * @param ready tells the line on its standard output
     * @return the process
     * @throws IOException if it cannot be started
     * @throws InterruptedException if this thread is interrupted
     * @throws AssertionError if no such line comes, or the process ends before
     */
    public static StartedProcess startUntil(List<String> command, Predicate<String> ready)
            throws IOException, InterruptedException {
        StartedProcess process = start(command);
        try {
            process.awaitLine(ready);
            return process;
        } catch (InterruptedException | AssertionError e) {
            process.close();
            throw e;
        }
    }

    /**
     * Gives access to what the system knows of it.
     *
     * @return its handle
     */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /**
     * Tells what it has printed to its standard output so far.
     *
     * @return whole lines, and what is behind the last of them once it has ended
     */
    public List<String> lines() {
        return lines.all();
    }

    /**
     * Tells what it has printed to its standard error so far.
     *
     * @return as {@link #lines()}
     */
    public List<String> errorLines() {
        return errorLines.all();
    }

    /**
     * Waits for a line on its standard output, among those that have come and those that do.
     *
     * @param wanted tells the line
     * @return the first such line
     * @throws InterruptedException if this thread is interrupted
     * @throws AssertionError if none comes, or the process ends before
     */
    public String awaitLine(Predicate<String> wanted) throws InterruptedException {
        return await(lines, 0, wanted);
    }

    /**
     * Waits for a line on its standard error.
     *
     * @param wanted tells the line
     * @return the first such line
     * @throws InterruptedException if this thread is interrupted
     * @throws AssertionError if none comes, or the process ends before
     */
    public String awaitErrorLine(Predicate<String> wanted) throws InterruptedException {
        return await(errorLines, 0, wanted);
    }

    /**
     * Waits until it has printed so many lines to its standard output, or has ended.
     *
     * @param count how many lines
     * @return what it has printed: as many lines, or more, or fewer if it has ended
     * @throws InterruptedException if this thread is interrupted
     * @throws AssertionError if neither happens
     */
    public List<String> awaitLines(int count) throws InterruptedException {
        if (!lines.awaitCount(count, PATIENCE_SECONDS)) {
            awaitExit();
        }
        return lines();
    }

    /**
     * Waits for the next line on its standard output: the first one, then the second, and so on.
     *
     * @return the line
     * @throws InterruptedException if this thread is interrupted
     * @throws AssertionError if none comes, or the process ends before
     */
    public String nextLine() throws InterruptedException {
        String line = await(lines, linesRead, anyLine -> true);
        linesRead++;
        return line;
    }

    private String await(OutputLines output, int from, Predicate<String> wanted) throws InterruptedException {
        Integer index = output.await(from, wanted, PATIENCE_SECONDS);
        if (index == null) {
            throw failure("has not printed what was awaited");
        }
        return output.all().get(index);
    }

    /**
     * Sends a line to its standard input.
     *
     * @param line the line, without its end
     * @return this
     * @throws IOException if it reads no more
     */
    public StartedProcess send(String line) throws IOException {
        OutputStream input = process.getOutputStream();
        input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
        return this;
    }

    /**
     * Ends its standard input.
     *
     * @return this
     * @throws IOException if what was sent cannot be written any more
     */
    public StartedProcess endInput() throws IOException {
        process.getOutputStream().close();
        return this;
    }

    /**
     * Sends SIGTERM.
     *
     * @return this
     */
    public StartedProcess terminate() {
        // By its handle: the process itself would close its output, too, and lose what is printed from now on.
        process.toHandle().destroy();
        return this;
    }

    /**
     * Sends any signal.
     *
     * @param number of the signal, as {@code kill -l} lists them
     * @return this
     * @throws IOException if the process has ended
     */
    public StartedProcess signal(int number) throws IOException {
        if (!process.isAlive()) {
            throw new IOException("a process that has ended gets no signal");
        }
        Libc.checked("kill", Libc.kill((int) process.pid(), number));
        return this;
    }

    /**
     * Waits until it has ended, and all that it has printed has come.
     *
     * @return its exit status; 128 and the number of the signal that has killed it
     * @throws InterruptedException if this thread is interrupted
     * @throws AssertionError if it does not end
     */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw failure("has not ended");
        }
        lines.awaitCount(Integer.MAX_VALUE, PATIENCE_SECONDS);
        errorLines.awaitCount(Integer.MAX_VALUE, PATIENCE_SECONDS);
        return process.exitValue();
    }

    private AssertionError failure(String what) {
        return new AssertionError("a process " + what + ": " + command + "\n" + output());
    }

    /**
     * Tells all that it has printed, and whether it has ended, to explain why an expectation was not met.
     *
     * @return lines of text
     */
    public String output() {
        String state = process.isAlive() ? "still runs" : "ended with status " + process.exitValue();
        return String.join("\n", lines()) + "\n--- standard error\n" + String.join("\n", errorLines()) + "\n--- "
                + state;
    }

    /**
     * Kills it with SIGKILL, and those that it has started, and waits until it is gone. All that it has printed has come then,
     * unless somebody it has started lives on.
     */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
        process.onExit().join();
        try {
            lines.awaitCount(Integer.MAX_VALUE, LAST_LINES_SECONDS);
            errorLines.awaitCount(Integer.MAX_VALUE, LAST_LINES_SECONDS);
            process.getOutputStream().close();
        } catch (IOException e) {
            // What was sent last is not read any more.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
