package io.handoff.netty;

import java.util.Optional;

/**
 * The embedding program's own say on an offer: a backend that serves only its own service names needs one.
 *
 * <p>It is asked once the offer is known to carry a token of the right length, and before that token is consumed: an
 * offer that is not admitted costs its token nothing.
 *
 * <p>Called on the connection's event loop, and so must not block. If it throws, the offer is rejected and the exception
 * logged.
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
