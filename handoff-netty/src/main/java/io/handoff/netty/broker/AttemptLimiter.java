package io.handoff.netty.broker;

import java.time.Duration;

/**
 * Suppresses handoffs to a backend that keeps failing: once so many have failed within a window, which begins with the
 * first failure, there are no more until that window is over. Then one is tried. If it fails, a new window begins; if the
 * backend answers it, all go on. A success clears the count.
 *
 * <p>Thread-safe: handoffs to one backend run on many event loops. Times are those of one ticker, in nanoseconds.
 */
final class AttemptLimiter {

    private final int maxFailures;
    private final long windowNanos;

    private int failures;
    private long startedAtNanos;

    /** A suppression is over, and the backend has not answered since. */
    private boolean isOnTrial;

    private boolean isTrialUnderWay;

    AttemptLimiter(int maxFailures, Duration window) {
        this.maxFailures = maxFailures;
        this.windowNanos = window.toNanos();
    }

    /** Begins an attempt, if there may be one now; it is to end with one of the methods below. */
    synchronized boolean begin(long nowNanos) {
        if (!allows(nowNanos)) {
            return false;
        }
        isTrialUnderWay = isOnTrial;
        return true;
    }

    /** Whether an attempt could begin now. */
    synchronized boolean allows(long nowNanos) {
        return suppressedForNanos(nowNanos) == 0 && !isTrialUnderWay;
    }

    /** For how long there must be no attempt yet; zero if there may be one now, or if one is being tried. */
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
        failures = isOnTrial ? maxFailures : Math.min(failures + 1, maxFailures);
        isOnTrial = false;
        isTrialUnderWay = false;
    }

    synchronized void succeeded() {
        failures = 0;
        isOnTrial = false;
        isTrialUnderWay = false;
    }

    /** The backend has said no: it works, which does not make its failures undone. */
    synchronized void answered() {
        isOnTrial = false;
        isTrialUnderWay = false;
    }

    /** The attempt says nothing about the backend. */
    synchronized void saidNothing() {
        isTrialUnderWay = false;
    }

    private void endWindowIfOver(long nowNanos) {
        if (failures > 0 && nowNanos - startedAtNanos >= windowNanos) {
            isOnTrial |= failures >= maxFailures;
            failures = 0;
        }
    }
}
