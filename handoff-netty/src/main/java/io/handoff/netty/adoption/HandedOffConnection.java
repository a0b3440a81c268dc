package io.handoff.netty.adoption;

import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.Offer;
import io.netty.util.AttributeKey;
import java.nio.ByteBuffer;
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
 * @param state what the broker's program knew of the connection (WIRE §10), read-only; empty if nothing came. It is kept for as
 *     long as the attribute is
 */
public record HandedOffConnection(
        String serviceName,
        long correlationId,
        HandoffPeer broker,
        String traceparent,
        String tracestate,
        Instant arrivedAt,
        ByteBuffer state) {

    /** The key of the attribute. */
    public static final AttributeKey<HandedOffConnection> KEY =
            AttributeKey.valueOf(HandedOffConnection.class, "handedOff");

    private static final ByteBuffer NO_STATE = ByteBuffer.allocate(0);

    /**
     * Tells of the connection that came with an offer. Not API.
     *
     * @param offer the offer
     * @param broker the process that sent it
     * @param arrivedAt when the descriptor had come
     * @return where the connection comes from
     */
    public static HandedOffConnection of(Offer offer, HandoffPeer broker, Instant arrivedAt) {
        byte[] state = offer.state();
        return new HandedOffConnection(
                offer.serviceName(),
                offer.correlationId(),
                broker,
                offer.traceparent(),
                offer.tracestate(),
                arrivedAt,
                state.length == 0 ? NO_STATE : ByteBuffer.wrap(state));
    }

    /**
     * Tells what the broker's program knew of the connection.
     *
     * @return a view of its own for each caller, from its position on; the bytes cannot be changed
     */
    @Override
    public ByteBuffer state() {
        return state.asReadOnlyBuffer();
    }
}
