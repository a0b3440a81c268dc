package io.handoff.netty.answer;

import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.Offer;
import java.util.Optional;

/**
 * Lets the program judge each offer. A backend that serves only its own service names needs this.
 *
 * <p>It is asked when the offer is known to carry a token of the right length, and before that token is consumed. If the
 * offer is not admitted, its token stays pending.
 *
 * <p>It is called on the connection's event loop, so it must not block. If it throws, the offer is rejected and the exception
 * is logged.
 */
@FunctionalInterface
public interface OfferAdmission {

    /**
     * Judges an offer.
     *
     * @param offer the offer
     * @param peer the process that sent it
     * @return empty to admit it, else the text that the rejecting ACK gives as its reason, not blank
     */
    Optional<String> refusal(Offer offer, HandoffPeer peer);

    /**
     * Admits every offer: the default.
     *
     * @return the admission
     */
    static OfferAdmission all() {
        return (offer, peer) -> Optional.empty();
    }
}
