package io.handoff.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Does one thing again and again, the next when the one before is over: that is the closed loop. Lives on the event loop. */
abstract class Cycle {

    /** Something that fails the whole of what the cycle is at if it fails. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    /** So that a server that fails at once is not asked in a spin. */
    private static final long BACK_OFF_MILLIS = 10;

    private final LoadContext context;
    private boolean isWaiting;
    private boolean isStopped;
    private long waitingSince;

    Cycle(LoadContext context) {
        this.context = context;
    }

    final LoadContext context() {
        return context;
    }

    /** Begins from the start. */
    final void start() {
        if (!isStopped) {
            isWaiting = true;
            run(this::begin);
        }
    }

    /** Starts to do it; the time that counts begins with {@link #waitingSince}. */
    abstract void begin() throws IOException;

    /** Does a step; whatever goes wrong is counted, for to be quiet about it would be to measure something else. */
    final void run(Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            fail(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    /** Records that all is done, and starts anew. */
    final void complete() {
        context.recorder().completed(System.nanoTime() - waitingSince);
        close();
        start();
    }

    /** Tells since when the answer that comes next has been waited for. */
    final void waitingSince(long nanos) {
        waitingSince = nanos;
    }

    final void checkDeadline(long nowNanos, Duration timeout) {
        if (isWaiting && nowNanos - waitingSince > timeout.toNanos()) {
            fail("no answer within " + timeout.toMillis() + " ms");
        }
    }

    private void fail(String error) {
        context.recorder().failed(error);
        isWaiting = false;
        close();
        context.loop().schedule(this::start, BACK_OFF_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ends, whatever it is at. */
    final void stop() {
        isStopped = true;
        isWaiting = false;
        close();
    }

    /** Closes everything that is open, if anything is. */
    abstract void close();
}
