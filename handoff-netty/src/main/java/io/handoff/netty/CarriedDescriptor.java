package io.handoff.netty;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor as it came on a handoff connection, with the 16 bytes that it came on. The connection owns it: it is
 * closed with the connection, unless it has been adopted by then. One that was lost on its way is none, and all that can
 * be done about it is to tell its broker, who still has the client's connection.
 */
final class CarriedDescriptor {

    private final HandoffToken token;
    private final @Nullable OwnedDescriptor descriptor;
    private final HandoffTokens tokens;
    private final boolean isTokenRegistered;
    private final @Nullable HandoffRejection refusal;
    private final Instant arrivedAt = Instant.now();
    private boolean isTokenSpent;

    private CarriedDescriptor(
            HandoffToken token,
            @Nullable OwnedDescriptor descriptor,
            HandoffTokens tokens,
            boolean isTokenRegistered,
            @Nullable HandoffRejection refusal) {
        this.token = token;
        this.descriptor = descriptor;
        this.tokens = tokens;
        this.isTokenRegistered = isTokenRegistered;
        this.refusal = refusal;
    }

    /** Takes the descriptor over; its token has to be pending by other means. */
    static CarriedDescriptor arrived(HandoffToken token, OwnedDescriptor descriptor, HandoffTokens tokens) {
        return new CarriedDescriptor(token, descriptor, tokens, false, null);
    }

    /** Takes the descriptor over and makes its token pending, on the event loop of the tokens. */
    static CarriedDescriptor arrivedAndExpected(HandoffToken token, OwnedDescriptor descriptor, HandoffTokens tokens) {
        try {
            tokens.registerHere(token);
            return new CarriedDescriptor(token, descriptor, tokens, true, null);
        } catch (HandoffTokenException e) {
            return new CarriedDescriptor(
                    token, descriptor, tokens, false, HandoffRejection.tokenStore(String.valueOf(e.getMessage())));
        }
    }

    /** Stands for a descriptor that was sent but could not be received. */
    static CarriedDescriptor lost(HandoffToken token, HandoffTokens tokens) {
        return new CarriedDescriptor(token, null, tokens, false, HandoffRejection.DESCRIPTOR_LOST);
    }

    /** The 16 bytes. */
    HandoffToken token() {
        return token;
    }

    /** When the descriptor had come with the whole of its token. */
    Instant arrivedAt() {
        return arrivedAt;
    }

    /** Not to be asked for where {@link #refusalOf} refuses. */
    OwnedDescriptor descriptor() {
        return Objects.requireNonNull(descriptor, "every offer about a lost descriptor is refused");
    }

    /** Why an offer that presents this token cannot be about this descriptor; null if it can. */
    @Nullable
    HandoffRejection refusalOf(HandoffToken presented) {
        if (!token.equals(presented)) {
            return HandoffRejection.TOKEN_MISMATCH;
        }
        return refusal;
    }

    /** The token has been consumed. */
    void tokenSpent() {
        isTokenSpent = true;
    }

    /** Gives up what is still here: the connection has closed. */
    void connectionClosed() {
        if (descriptor != null && descriptor.isOwned()) {
            descriptor.close();
        }
        if (isTokenRegistered && !isTokenSpent) {
            tokens.revoke(token);
        }
    }
}
