package io.handoff.netty.token;

import java.io.Serial;

/** A token could not be made pending. Nothing else has changed in the store, but expired tokens may have been dropped. */
public final class HandoffTokenException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private HandoffTokenException(String message) {
        super(message);
    }

    static HandoffTokenException pendingLimitReached(int maxPending) {
        return new HandoffTokenException("handoff token pending limit reached (" + maxPending + ")");
    }

    static HandoffTokenException collisionsExhausted(int attempts) {
        return new HandoffTokenException(
                "handoff token allocation exhausted after " + attempts + " collision attempts");
    }

    static HandoffTokenException alreadyPending() {
        return new HandoffTokenException("handoff token is already pending");
    }
}
