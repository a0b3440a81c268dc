package io.handoff.netty.wire;

import org.jspecify.annotations.Nullable;

/**
 * What the frames of one connection have taken of a {@link FrameBudget}: the one that is being received here, each of the others with
 * whoever answers it. Not API; confined to the connection's event loop.
 */
public final class FrameShares {

    private final FrameBudget budget;

    /** Of the frame that is being received; after that of the last, unless it has been handed over. */
    private FrameBudget.@Nullable Share current;

    /**
     * Begins with nothing taken.
     *
     * @param budget what all connections share
     */
    public FrameShares(FrameBudget budget) {
        this.budget = budget;
    }

    /**
     * Takes what the frame needs whose header has come.
     *
     * @throws HandoffWireException if the budget has not that much left
     */
    void take(int bodyLength) {
        giveBack();
        current = budget.take(bodyLength);
    }

    /**
     * Hands over what the frame that was passed on last has taken.
     *
     * @return the share, to be given back once by the caller; null if the frame has taken nothing
     */
    public FrameBudget.@Nullable Share handOver() {
        FrameBudget.Share taken = current;
        current = null;
        return taken;
    }

    /** Gives back what nobody has taken over. */
    void giveBack() {
        FrameBudget.Share unclaimed = handOver();
        if (unclaimed != null) {
            unclaimed.giveBack();
        }
    }
}
