package io.handoff.netty.backend;

import io.handoff.netty.adoption.CarriedDescriptor;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffRejection;
import io.netty.util.AttributeKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection before its pipeline stands: an attribute of its channel.
 *
 * @param peer the process at the other end
 * @param atNanos when it was accepted, by the ticker of the event loops
 * @param offerTimeout the time for an offer on it
 * @param isPermitted whether the peer policy permits the peer
 * @param refusal why its offer will be rejected in any case; null if it is judged
 * @param carried the descriptor that came on it; null on a connection that is framed only
 * @param firstBytes of the framed stream, read while looking for a descriptor
 */
record Arrival(
        HandoffPeer peer,
        long atNanos,
        Duration offerTimeout,
        boolean isPermitted,
        @Nullable HandoffRejection refusal,
        @Nullable CarriedDescriptor carried,
        @SuppressWarnings("ArrayRecordComponent") byte[] firstBytes) { // Never compared.

    static final AttributeKey<Arrival> KEY = AttributeKey.valueOf(Arrival.class, "arrival");

    Arrival(HandoffPeer peer, long atNanos, Duration offerTimeout, @Nullable HandoffRejection refusal) {
        this(peer, atNanos, offerTimeout, true, refusal, null, new byte[0]);
    }

    /** Of a peer that is not permitted. */
    static Arrival unpermitted(HandoffPeer peer, long atNanos, Duration offerTimeout, HandoffRejection refusal) {
        return new Arrival(peer, atNanos, offerTimeout, false, refusal, null, new byte[0]);
    }

    Arrival with(CarriedDescriptor carried) {
        return new Arrival(peer, atNanos, offerTimeout, isPermitted, refusal, carried, firstBytes);
    }

    Arrival withFirstBytes(byte[] firstBytes) {
        return new Arrival(peer, atNanos, offerTimeout, isPermitted, refusal, carried, firstBytes);
    }
}
