package io.handoff.netty;

import org.jspecify.annotations.Nullable;

/**
 * Decides which token an offer has to present (WIRE §6). Whatever it decides, the expected token must be pending, and
 * is consumed with the acceptance. And whenever a descriptor came with the offer, the 16 bytes that it came on have to be
 * the offer's token.
 *
 * <p>Immutable; one instance serves every connection.
 */
public final class ExpectedTokenPolicy {

    private static final ExpectedTokenPolicy PENDING = new ExpectedTokenPolicy((presented, carried) -> presented);
    private static final ExpectedTokenPolicy CARRIED = new ExpectedTokenPolicy((presented, carried) -> carried);

    private final Expectation expectation;

    private ExpectedTokenPolicy(Expectation expectation) {
        this.expectation = expectation;
    }

    /**
     * Any pending token will do: the tokens reach the backend out of band, issued or registered by it.
     *
     * @return the policy
     */
    public static ExpectedTokenPolicy pending() {
        return PENDING;
    }

    /**
     * Every offer has to present this one token, as in the reference peer's signature.
     *
     * @param token the token, which has to be registered besides
     * @return the policy
     */
    public static ExpectedTokenPolicy expected(HandoffToken token) {
        return new ExpectedTokenPolicy((presented, carried) -> token);
    }

    /**
     * The 16 bytes that came with the descriptor are the expected token, made pending as they arrive: the offer is proven
     * to be about that descriptor, and who may speak at all is left to the {@link PeerPolicy}. The same bytes that
     * come with another descriptor, once they are no longer pending, are another token. An offer on a connection without
     * descriptor is rejected.
     *
     * @return the policy
     */
    public static ExpectedTokenPolicy carried() {
        return CARRIED;
    }

    boolean isCarried() {
        return this == CARRIED;
    }

    /** The token that an offer has to present; null if there is none that would do. */
    @Nullable
    HandoffToken expectedFor(HandoffToken presented, @Nullable HandoffToken carried) {
        return expectation.expectedFor(presented, carried);
    }

    private interface Expectation {
        @Nullable
        HandoffToken expectedFor(HandoffToken presented, @Nullable HandoffToken carried);
    }
}
