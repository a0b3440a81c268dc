package io.handoff.netty;

/**
 * What became of an offer. On the backend {@link HandoffOfferHandler} writes it as the ACK and fires it up the pipeline,
 * one for each offer, in the order of the offers. On the broker it is what the ACK said.
 */
public sealed interface HandoffAcceptance {

    /**
     * The offer that was judged.
     *
     * @return the offer
     */
    Offer offer();

    /**
     * The token was consumed, and the ACK accepts.
     *
     * @param offer the offer
     */
    record Accepted(Offer offer) implements HandoffAcceptance {}

    /**
     * The ACK rejects.
     *
     * @param offer the offer
     * @param rejection why
     */
    record Rejected(Offer offer, HandoffRejection rejection) implements HandoffAcceptance {}
}
