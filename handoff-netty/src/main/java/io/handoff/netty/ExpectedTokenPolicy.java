package io.handoff.netty;

import java.util.function.UnaryOperator;

/**
 * Decides which token an offer has to present (WIRE §6). Whatever it decides, the expected token must be pending, and
 * is consumed with the acceptance.
 *
 * <p>Immutable; one instance serves every connection.
 */
public final class ExpectedTokenPolicy {

    private static final ExpectedTokenPolicy PENDING = new ExpectedTokenPolicy(UnaryOperator.identity());

    private final UnaryOperator<HandoffToken> expectedForPresented;

    private ExpectedTokenPolicy(UnaryOperator<HandoffToken> expectedForPresented) {
        this.expectedForPresented = expectedForPresented;
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
        return new ExpectedTokenPolicy(presented -> token);
    }

    HandoffToken expectedFor(HandoffToken presented) {
        return expectedForPresented.apply(presented);
    }
}
