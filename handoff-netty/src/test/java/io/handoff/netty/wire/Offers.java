package io.handoff.netty.wire;

import io.handoff.proto.v1.HandoffOffer;

/** Offers with any content, such as no program can make. */
public final class Offers {

    private Offers() {}

    /** The same offer as the library has it. */
    public static Offer of(HandoffOffer message, String traceparent, String tracestate) {
        return new Offer(
                        message.getToken().toByteArray(),
                        message.getServiceName(),
                        message.getCorrelationId(),
                        traceparent,
                        tracestate)
                .carrying(message.getUnread().toByteArray(), message.getState().toByteArray());
    }
}
