package io.handoff.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The lines that a process prints, read by a thread as they come: to the end, for a full pipe would stop the process. */
final class OutputLines {

    private final List<String> lines = new ArrayList<>();
    private boolean hasEnded;

    /** Begins to read. */
    static OutputLines of(BufferedReader output) {
        OutputLines lines = new OutputLines();
        Thread reader = new Thread(() -> lines.readAll(output), "process-output");
        reader.setDaemon(true);
        reader.start();
        return lines;
    }

    private void readAll(BufferedReader output) {
        try (output) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            add("the output cannot be read: " + e.getMessage());
        } finally {
            end();
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void end() {
        hasEnded = true;
        notifyAll();
    }

    synchronized List<String> all() {
        return List.copyOf(lines);
    }

    /**
     * Waits for a line.
     *
     * @param from so many lines are skipped
     * @return its index, or null if there will be none, or none comes in time
     */
    synchronized @Nullable Integer await(int from, Predicate<String> wanted, int timeoutSeconds)
            throws InterruptedException {
        long start = System.nanoTime();
        for (int next = from; awaitCount(next + 1, start, timeoutSeconds); next++) {
            if (wanted.test(lines.get(next))) {
                return next;
            }
        }
        return null;
    }

    /**
     * Waits until there are so many lines, or will be no further one.
     *
     * @return whether there are as many
     */
    synchronized boolean awaitCount(int count, int timeoutSeconds) throws InterruptedException {
        return awaitCount(count, System.nanoTime(), timeoutSeconds);
    }

    private synchronized boolean awaitCount(int count, long startNanos, int timeoutSeconds)
            throws InterruptedException {
        while (lines.size() < count && !hasEnded) {
            long left = TimeUnit.SECONDS.toMillis(timeoutSeconds)
                    - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return lines.size() >= count;
    }
}
