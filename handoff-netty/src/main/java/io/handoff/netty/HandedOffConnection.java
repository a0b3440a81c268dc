package io.handoff.netty;

import io.netty.util.AttributeKey;
import java.time.Instant;

/**
 * Where an adopted connection comes from: an attribute of its channel, there before the program's initializer runs.
 *
 * @param serviceName the service that the client asked the broker for
 * @param correlationId the broker's number of the handoff, 64 bits, unsigned
 * @param broker the process that handed the connection off
 * @param traceparent the W3C {@code traceparent} of the handoff, empty if there is none; not validated
 * @param tracestate the W3C {@code tracestate}, empty if there is none; not validated
 * @param arrivedAt when its descriptor had come with the whole of its token
 */
public record HandedOffConnection(
        String serviceName,
        long correlationId,
        HandoffPeer broker,
        String traceparent,
        String tracestate,
        Instant arrivedAt) {

    /** The key of the attribute. */
    public static final AttributeKey<HandedOffConnection> KEY =
            AttributeKey.valueOf(HandedOffConnection.class, "handedOff");

    static HandedOffConnection of(Offer offer, HandoffPeer broker, Instant arrivedAt) {
        return new HandedOffConnection(
                offer.serviceName(), offer.correlationId(), broker, offer.traceparent(), offer.tracestate(), arrivedAt);
    }
}
