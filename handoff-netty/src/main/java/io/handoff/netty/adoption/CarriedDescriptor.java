package io.handoff.netty.adoption;

import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenException;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.Rejections;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor as it came on a handoff connection, with the 16 bytes that it came on. The connection owns it: it is
 * closed with the connection, unless it has been adopted by then. One that was lost on its way is none, and all that can
 * be done about it is to tell its broker, who still has the client's connection. Not API.
 */
public final class CarriedDescriptor {

    private final HandoffToken token;
    private final @Nullable OwnedDescriptor descriptor;
    private final HandoffTokens tokens;

    /** When its token was made pending; null if it was not. */
    private final @Nullable Long pendingSinceNanos;

    private final @Nullable HandoffRejection refusal;
    private final Instant arrivedAt = Instant.now();
    private boolean isTokenSpent;

    private CarriedDescriptor(
            HandoffToken token,
            @Nullable OwnedDescriptor descriptor,
            HandoffTokens tokens,
            @Nullable Long pendingSinceNanos,
            @Nullable HandoffRejection refusal) {
        this.token = token;
        this.descriptor = descriptor;
        this.tokens = tokens;
        this.pendingSinceNanos = pendingSinceNanos;
        this.refusal = refusal;
    }

    /**
     * Takes a descriptor over whose token has to be pending by other means.
     *
     * @param token the 16 bytes that came with it
     * @param descriptor owned here from now on
     * @param tokens where its token is, or is not, pending
     * @return what has arrived
     */
    public static CarriedDescriptor arrived(HandoffToken token, OwnedDescriptor descriptor, HandoffTokens tokens) {
        return new CarriedDescriptor(token, descriptor, tokens, null, null);
    }

    /**
     * Takes a descriptor over and makes its token pending. Called on the event loop of the tokens.
     *
     * @param token the 16 bytes that came with it
     * @param descriptor owned here from now on
     * @param tokens where its token is made pending
     * @return what has arrived; its offer is refused if the token could not be made pending
     */
    public static CarriedDescriptor arrivedAndExpected(
            HandoffToken token, OwnedDescriptor descriptor, HandoffTokens tokens) {
        HandoffTokenStore store = Objects.requireNonNull(tokens.storeHere(), "called on the event loop of the tokens");
        try {
            long nowNanos = store.executor().ticker().nanoTime();
            store.register(token, nowNanos);
            return new CarriedDescriptor(token, descriptor, tokens, nowNanos, null);
        } catch (HandoffTokenException e) {
            return new CarriedDescriptor(
                    token, descriptor, tokens, null, Rejections.tokenStore(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Stands for a descriptor that was sent but could not be received.
     *
     * @param token the 16 bytes that came with it
     * @param why its offer is rejected
     * @param tokens the tokens of the server
     * @return what has arrived
     */
    public static CarriedDescriptor lost(HandoffToken token, HandoffRejection why, HandoffTokens tokens) {
        return new CarriedDescriptor(token, null, tokens, null, why);
    }

    /**
     * The 16 bytes that came with the descriptor.
     *
     * @return the token
     */
    public HandoffToken token() {
        return token;
    }

    /**
     * Tells when the descriptor had come with the whole of its token.
     *
     * @return the time
     */
    public Instant arrivedAt() {
        return arrivedAt;
    }

    /**
     * The descriptor. Not to be asked for if {@link #refusalOf} refuses.
     *
     * @return the descriptor, still owned here
     */
    public OwnedDescriptor descriptor() {
        return Objects.requireNonNull(descriptor, "every offer about a lost descriptor is refused");
    }

    /**
     * Judges an offer by its token.
     *
     * @param presented the token that it presents
     * @return why it cannot be about this descriptor; null if it can
     */
    @Nullable
    public HandoffRejection refusalOf(HandoffToken presented) {
        if (!token.equals(presented)) {
            return Rejections.TOKEN_MISMATCH;
        }
        return refusal;
    }

    /** The token has been consumed. */
    public void tokenSpent() {
        isTokenSpent = true;
    }

    /** Gives up what is still here: the connection has closed. */
    public void connectionClosed() {
        if (descriptor != null && descriptor.isOwned()) {
            descriptor.close();
        }
        if (pendingSinceNanos != null && !isTokenSpent) {
            tokens.revoke(token, pendingSinceNanos);
        }
    }
}
