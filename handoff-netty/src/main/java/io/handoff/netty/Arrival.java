package io.handoff.netty;

import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection before its pipeline stands: an attribute of its channel.
 *
 * @param peer the process at the other end
 * @param atNanos when it was accepted, by the ticker of the event loops
 * @param carried the descriptor that came on it; null on a connection that is framed only
 * @param firstBytes of the framed stream, read while looking for a descriptor
 */
record Arrival(
        HandoffPeer peer,
        long atNanos,
        @Nullable CarriedDescriptor carried,
        @SuppressWarnings("ArrayRecordComponent") byte[] firstBytes) { // Never compared.

    static final AttributeKey<Arrival> KEY = AttributeKey.valueOf(Arrival.class, "arrival");

    Arrival(HandoffPeer peer, long atNanos) {
        this(peer, atNanos, null, new byte[0]);
    }

    Arrival with(CarriedDescriptor carried) {
        return new Arrival(peer, atNanos, carried, firstBytes);
    }

    Arrival withFirstBytes(byte[] firstBytes) {
        return new Arrival(peer, atNanos, carried, firstBytes);
    }
}
