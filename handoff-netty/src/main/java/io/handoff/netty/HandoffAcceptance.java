package io.handoff.netty;

/**
 * What became of an offer. {@link HandoffOfferHandler} fires one up the pipeline for each offer, in the order of the
 * offers, once it has written the ACK that says the same.
 */
public sealed interface HandoffAcceptance {

    /**
     * The offer that was judged.
     *
     * @return the offer
     */
    TracedOffer offer();

    /**
     * The token was consumed, and the ACK accepts.
     *
     * @param offer the offer
     */
    record Accepted(TracedOffer offer) implements HandoffAcceptance {}

    /**
     * The ACK rejects.
     *
     * @param offer the offer
     * @param rejection why
     */
    record Rejected(TracedOffer offer, HandoffRejection rejection) implements HandoffAcceptance {}
}
