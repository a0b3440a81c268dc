package io.handoff.netty.wire;

/**
 * What became of an offer. On the backend {@code HandoffOfferHandler} writes one for each offer as the ACK, in the order of
 * the offers, and fires it up the pipeline. On the broker it is what the ACK said.
 */
public sealed interface HandoffAnswer {

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
     * @param taken how many of the bytes that the offer carries were taken over, as the ACK says (WIRE §10): all, unless the
     *     backend knows v1 only
     */
    record Accepted(Offer offer, long taken) implements HandoffAnswer {

        /**
         * Everything was taken over.
         *
         * @param offer the offer
         */
        public Accepted(Offer offer) {
            this(offer, offer.carriedBytes());
        }
    }

    /**
     * The ACK rejects.
     *
     * @param offer the offer
     * @param rejection why
     */
    record Rejected(Offer offer, HandoffRejection rejection) implements HandoffAnswer {}
}
