package io.handoff.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A {@code handoff backend} or {@code handoff broker} in a process of its own, seen from outside as a shell sees it. */
final class DemoProcess {

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> firstLine = new CompletableFuture<>();

    DemoProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::readLines, "handoff-demo-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Reads to the end, for a full pipe would stop the process. */
    private void readLines() {
        try (BufferedReader output = process.inputReader()) {
            output.lines().forEach(line -> {
                lines.add(line);
                firstLine.complete(line);
            });
            firstLine.complete("nothing: the process has ended");
        } catch (IOException | UncheckedIOException e) {
            firstLine.completeExceptionally(e);
        }
    }

    /** Waits for the first line, and returns it. */
    String awaitFirstLine(Duration timeout) throws InterruptedException, ExecutionException {
        try {
            return firstLine.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return "nothing within " + timeout.toMillis() + " ms";
        }
    }

    /** The lines so far. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    /** How many sockets the process has open, as yet. */
    long openSockets() throws IOException {
        try (Stream<Path> descriptors = Files.list(proc("fd"))) {
            return descriptors.filter(DemoProcess::isSocket).count();
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

    /** Keeps the process from running, until {@link #resume}. */
    void suspend() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** Whether each of its threads has noticed {@link #suspend}. */
    boolean isSuspended() throws IOException {
        try (Stream<Path> threads = Files.list(proc("task"))) {
            return threads.allMatch(DemoProcess::isStopped);
        }
    }

    /** The state follows the name, which is in parentheses and may hold some itself (proc_pid_stat(5)). */
    private static boolean isStopped(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (IOException e) {
            // Ended since it was listed.
            return true;
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("cannot send SIG" + name + " to process " + process.pid());
        }
    }

    private Path proc(String name) {
        return Path.of("/proc", Long.toString(process.pid()), name);
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Tells how the process ended. */
    String awaitExit(Duration timeout) throws InterruptedException {
        return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)
                ? "exit " + process.exitValue()
                : "still running after " + timeout.toMillis() + " ms";
    }

    /** Ends the process at once, whatever state it is in. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }
}
