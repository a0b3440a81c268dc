package io.handoff.netty.token;

/** What a {@link HandoffTokenStore} says of a presented token. */
public enum TokenVerdict {
    /** The expected token was presented while it was pending. It is not pending any more: this call has consumed it. */
    CONSUMED,
    /** The expected token was never pending, or is no longer. */
    NOT_PENDING,
    /** The expected token was pending for longer than its time to live, and has been dropped. */
    EXPIRED,
    /** The presented token is not the expected one, which stays pending. */
    MISMATCH
}
