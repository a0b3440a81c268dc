package io.handoff.benchmarks.load;

import io.handoff.netty.token.HandoffToken;
import java.nio.ByteBuffer;

/**
 * The token of each slot where none comes with a descriptor, and its correlation id: the same in every run, so that the
 * server under load knows them without being told. It has to have the tokens pending, and to make each pending again once
 * it has accepted it.
 */
public final class LoadTokens {

    /** How many slots there may be. */
    public static final int MAX_SLOTS = 65_536;

    /** So large that the varints of all ids have the same length, and so all frames. */
    private static final long FIRST_CORRELATION_ID = 1_000_000;

    private static final long HIGH_HALF = 0x6c6f_6164_2d74_6f6bL;

    private LoadTokens() {}

    /**
     * Returns the token of a slot.
     *
     * @param slot less than {@value #MAX_SLOTS}
     * @return a token that no other slot has
     */
    public static HandoffToken of(int slot) {
        return HandoffToken.ofBytes(ByteBuffer.allocate(HandoffToken.BYTES)
                .putLong(HIGH_HALF)
                .putLong(checked(slot))
                .array());
    }

    /**
     * Returns the correlation id of a slot.
     *
     * @param slot less than {@value #MAX_SLOTS}
     * @return the id
     */
    public static long correlationId(int slot) {
        return FIRST_CORRELATION_ID + checked(slot);
    }

    /**
     * Returns the slot that has a correlation id.
     *
     * @param correlationId what {@link #correlationId(int)} has returned
     * @return the slot
     * @throws IllegalArgumentException if no slot has it
     */
    public static int slot(long correlationId) {
        return checked(correlationId - FIRST_CORRELATION_ID);
    }

    private static int checked(long slot) {
        if (slot < 0 || slot >= MAX_SLOTS) {
            throw new IllegalArgumentException("slot was " + slot + "; expected 0 to " + (MAX_SLOTS - 1));
        }
        return (int) slot;
    }
}
