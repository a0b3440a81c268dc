package io.handoff.netty;

import io.handoff.proto.v1.HandoffOffer;

/**
 * An offer, with the trace context that its frame carried (WIRE §4).
 *
 * @param offer the offer; its {@code toString()} shows no token
 * @param traceparent the W3C {@code traceparent}, empty when the broker traces nothing
 * @param tracestate the W3C {@code tracestate}, empty likewise
 */
public record TracedOffer(HandoffOffer offer, String traceparent, String tracestate) {

    /**
     * Makes an offer that belongs to no trace.
     *
     * @param offer the offer
     * @return the offer with empty trace context
     */
    public static TracedOffer untraced(HandoffOffer offer) {
        return new TracedOffer(offer, "", "");
    }
}
