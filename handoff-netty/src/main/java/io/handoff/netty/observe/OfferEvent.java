package io.handoff.netty.observe;

import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.Offer;
import jdk.jfr.Label;
import jdk.jfr.Unsigned;
import org.jspecify.annotations.Nullable;

/** What every event about an offer has. The name of the service, which may be of any length, is not in it. */
abstract class OfferEvent extends PeerEvent {

    @Label("Correlation Id")
    @Unsigned
    long correlationId;

    @Label("Trace Parent")
    @Nullable
    String traceparent;

    final void setOffer(HandoffPeer peer, Offer offer) {
        setPeer(peer);
        correlationId = offer.correlationId();
        traceparent = TraceContext.traceparent(offer);
    }
}
