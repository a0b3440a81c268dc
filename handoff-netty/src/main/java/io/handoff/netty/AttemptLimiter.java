package io.handoff.netty;

import java.time.Duration;

/**
 * Suppresses handoffs to a backend that keeps failing: once so many have failed within a window, which begins with the
 * first failure, there are no more until that window is over. A success clears the count.
 *
 * <p>Thread-safe: handoffs to one backend run on many event loops. Times are those of one ticker, in nanoseconds.
 */
final class AttemptLimiter {

    private final int maxFailures;
    private final long windowNanos;

    private int failures;
    private long startedAtNanos;

    AttemptLimiter(int maxFailures, Duration window) {
        this.maxFailures = maxFailures;
        this.windowNanos = window.toNanos();
    }

    /** For how long there must be no attempt yet; zero if there may be one now. */
    synchronized long suppressedForNanos(long nowNanos) {
        endWindowIfOver(nowNanos);
        // A loop may have read the clock just before another one began the window.
        return failures < maxFailures ? 0 : windowNanos - Math.max(0, nowNanos - startedAtNanos);
    }

    synchronized void failed(long nowNanos) {
        endWindowIfOver(nowNanos);
        if (failures == 0) {
            startedAtNanos = nowNanos;
        }
        // Those beyond the limit were under way when it was reached.
        failures = Math.min(failures + 1, maxFailures);
    }

    synchronized void succeeded() {
        failures = 0;
    }

    private void endWindowIfOver(long nowNanos) {
        if (failures > 0 && nowNanos - startedAtNanos >= windowNanos) {
            failures = 0;
        }
    }
}
