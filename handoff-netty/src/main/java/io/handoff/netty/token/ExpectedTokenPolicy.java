package io.handoff.netty.token;

import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which token an offer has to present (WIRE §6). In each case the expected token must be pending, and is consumed
 * when the offer is accepted. If a descriptor came with the offer, the 16 bytes that came with it have to be the offer's
 * token, too.
 *
 * <p>Immutable; one instance serves every connection.
 */
public final class ExpectedTokenPolicy {

    private static final ExpectedTokenPolicy PENDING = new ExpectedTokenPolicy((presented, carried) -> presented);
    private static final ExpectedTokenPolicy CARRIED = new ExpectedTokenPolicy((presented, carried) -> carried);

    private final BinaryOperator<@Nullable HandoffToken> expectation;

    private ExpectedTokenPolicy(BinaryOperator<@Nullable HandoffToken> expectation) {
        this.expectation = expectation;
    }

    /**
     * Any pending token will do. The backend has issued or registered it, and the broker has learnt it in some other way.
     *
     * @return the policy
     */
    public static ExpectedTokenPolicy pending() {
        return PENDING;
    }

    /**
     * Every offer has to present this one token, as in the reference peer's signature.
     *
     * @param token the token, which the program has to register, too
     * @return the policy
     */
    public static ExpectedTokenPolicy expected(HandoffToken token) {
        return new ExpectedTokenPolicy((presented, carried) -> token);
    }

    /**
     * The 16 bytes that came with the descriptor are the expected token, made pending when they arrive. This proves that the
     * offer is about that descriptor. It does not decide who may hand over: that is left to the {@code PeerPolicy}. If the
     * same bytes come with another descriptor later, when they are no longer pending, they are a new token. An offer on a
     * connection without descriptor is rejected.
     *
     * @return the policy
     */
    public static ExpectedTokenPolicy carried() {
        return CARRIED;
    }

    /**
     * Tells whether this is {@link #carried}. Not API.
     *
     * @return whether it is
     */
    public boolean isCarried() {
        return this == CARRIED;
    }

    /**
     * Decides about one offer. Not API.
     *
     * @param presented the token that it presents
     * @param carried the token that came with its descriptor; null if none came
     * @return the token that it has to present; null if there is none that would do
     */
    public @Nullable HandoffToken expectedFor(HandoffToken presented, @Nullable HandoffToken carried) {
        return expectation.apply(presented, carried);
    }
}
