package io.handoff.netty.broker;

import io.handoff.netty.wire.Offer;
import org.jspecify.annotations.Nullable;

/**
 * Which backends a handoff is tried at, one after the other. Called on the client's event loop. Not API.
 *
 * @param <R> what the program is told in the end
 */
public interface HandoffRoute<R> {

    /**
     * One attempt that is to be made.
     *
     * @param destination the backend
     * @param offer with a token that has been in no other attempt
     */
    record Leg(Destination destination, Offer offer) {}

    /**
     * Chooses the next backend.
     *
     * @param before how the attempt before has ended, which left the client as it was; null at first
     * @return the next attempt; null if there is to be none: then the handoff ends with what the last one came to
     */
    @Nullable
    Leg next(@Nullable HandoffOutcome before);

    /**
     * Says why there is no attempt at all, after the first {@link #next} was null.
     *
     * @return a text for the outcome
     */
    String whyNowhere();

    /**
     * Makes what the program is told. Also called where the event loop has ended.
     *
     * @param outcome how the last attempt has ended, or why there was none
     * @return the result of the handoff
     */
    R told(HandoffOutcome outcome);
}
