package io.handoff.reliability.sweep;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** strace(1), attached to one thread of another process until it is closed. */
final class Strace implements AutoCloseable {

    /** What a JVM does at any time by itself, and what has nothing to do with descriptors. */
    private static final String ALL_OF_A_LOOP =
            "trace=!futex,madvise,mmap,munmap,mprotect,sched_yield,rt_sigprocmask,gettid";

    private static final int PATIENCE_SECONDS = 20;

    private final Process process;
    private final Thread reader;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch attached = new CountDownLatch(1);

    private Strace(long thread, List<String> expressions) throws IOException {
        List<String> command =
                new java.util.ArrayList<>(List.of("strace", "-yy", "-s", "0", "-p", Long.toString(thread)));
        for (String expression : expressions) {
            command.add("-e");
            command.add(expression);
        }
        process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        reader = new Thread(this::read, "strace-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Records what the thread calls. */
    static Strace record(long thread) throws IOException, InterruptedException {
        return new Strace(thread, List.of(ALL_OF_A_LOOP)).awaitAttached();
    }

    /** Makes one call of a thread fail, without its being made: the given one of those with that name, counted from 1. */
    static Strace inject(long thread, String call, int occurrence, String errno)
            throws IOException, InterruptedException {
        return new Strace(
                        thread, List.of("trace=" + call, "inject=" + call + ":error=" + errno + ":when=" + occurrence))
                .awaitAttached();
    }

    private Strace awaitAttached() throws IOException, InterruptedException {
        if (!attached.await(PATIENCE_SECONDS, TimeUnit.SECONDS) || !process.isAlive()) {
            process.destroyForcibly();
            throw new IOException("strace could not attach to the thread");
        }
        return this;
    }

    private void read() {
        try (BufferedReader lines = process.errorReader(StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // Its own first line tells that it has attached, or why it could not.
                attached.countDown();
                Call.parse(line).ifPresent(calls::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            attached.countDown();
        }
    }

    /** What the thread has called up to now. */
    List<Call> calls() {
        return List.copyOf(calls);
    }

    /** The call that was made to fail. */
    Optional<Call> injected() {
        return calls.stream().filter(Call::isInjected).findFirst();
    }

    /** Lets go of the thread, which goes on. Everything that it called before is in {@link #calls()} then. */
    @Override
    public void close() throws IOException {
        // By its handle: Process.destroy() would close the pipe before it is read to its end.
        process.toHandle().destroy();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("strace has not let go of the thread");
            }
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
