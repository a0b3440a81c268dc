package io.handoff.benchmarks.load;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What to run.
 *
 * @param socket the socket file of the backend, or of the echo server for {@link LoadMode#RECONNECT}
 * @param mode what to do
 * @param concurrency how many do it at a time, at least 1
 * @param depth how many offers each of them keeps outstanding, at least 1; 1 in effect where the mode is not
 *     {@link LoadMode#PIPELINED}
 * @param warmUp how long to run before the measuring starts; may be zero
 * @param duration how long to measure, more than zero
 * @param anyEcho whether an ACK is compared with the expected one by its length and its header only: for a server that
 *     answers every offer with the same bytes
 */
public record LoadPlan(
        Path socket, LoadMode mode, int concurrency, int depth, Duration warmUp, Duration duration, boolean anyEcho) {

    /**
     * Makes a plan.
     *
     * @throws IllegalArgumentException if a number or time is less than it may be, or there are more than
     *     {@value LoadTokens#MAX_SLOTS} slots
     */
    public LoadPlan {
        if (concurrency < 1 || depth < 1) {
            throw new IllegalArgumentException(
                    "concurrency and depth were " + concurrency + " and " + depth + "; expected at least 1");
        }
        if (warmUp.isNegative() || duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(
                    "warm-up and duration were " + warmUp + " and " + duration + "; expected time to measure in");
        }
        long slots = (long) concurrency * effectiveDepth(mode, depth);
        if (slots > LoadTokens.MAX_SLOTS) {
            throw new IllegalArgumentException(
                    slots + " offers would be outstanding at once; expected at most " + LoadTokens.MAX_SLOTS);
        }
    }

    /**
     * Counts the offers outstanding at once; each has a slot, and with it a token, of its own.
     *
     * @return the number of slots
     */
    public int slots() {
        return concurrency * slotsEach();
    }

    /** The slots of each of those that are at work at a time. */
    int slotsEach() {
        return effectiveDepth(mode, depth);
    }

    private static int effectiveDepth(LoadMode mode, int depth) {
        return mode == LoadMode.PIPELINED ? depth : 1;
    }
}
