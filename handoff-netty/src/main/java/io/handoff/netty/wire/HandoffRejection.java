package io.handoff.netty.wire;

/**
 * Why an offer was refused, and the text that the refusing ACK carries as its {@code error_detail} (WIRE §5).
 *
 * @param reason the kind of refusal, for programs
 * @param detail the text for the broker; never blank
 */
public record HandoffRejection(Reason reason, String detail) {

    /** The kinds of refusal. */
    public enum Reason {
        /** The offer has no token. */
        TOKEN_MISSING,
        /** The offer's token is not 16 bytes long. */
        TOKEN_LENGTH,
        /** The expected token was never pending, or is no longer. A replay, for example. */
        TOKEN_NOT_PENDING,
        /** The expected token was pending for longer than its time to live. */
        TOKEN_EXPIRED,
        /** Another token was expected; that one stays pending. */
        TOKEN_MISMATCH,
        /** The token store could not be asked, or could not take in the token that came with the descriptor. */
        TOKEN_STORE,
        /** The descriptor is not one of a connected stream socket. */
        DESCRIPTOR_UNFIT,
        /** A descriptor was sent, but there was no number left for it, or a security module (SELinux, say) denied it. */
        DESCRIPTOR_LOST,
        /** The offer is longer than the backend takes in, or than it has room for now. */
        OFFER_TOO_LARGE,
        /** More travels with the connection than the backend takes, which may be nothing (WIRE §10). */
        STATE_NOT_TAKEN,
        /** {@code maxConnections} are open already. */
        CONNECTION_LIMIT,
        /** The {@code PeerPolicy} does not permit the broker's process, or failed to say so. */
        PEER_NOT_PERMITTED,
        /** A system call of the backend failed on the handoff connection, so that the offer could not be judged. */
        CALL_FAILED,
        /** The connection could not be turned into a channel of the program, because the initializer failed for example. */
        ADOPTION_FAILED,
        /** The listening channel that connections are adopted into has closed. */
        LISTENER_CLOSED,
        /** The listening channel that connections are adopted into accepts nothing for now. */
        LISTENER_PAUSED,
        /** The embedding program's {@code OfferAdmission} said no. */
        NOT_ADMITTED,
        /** A backend said no; its text is all that a broker learns. */
        BY_BACKEND
    }

    /**
     * Makes a rejection.
     *
     * @param reason the kind of reason
     * @param detail the text that the ACK carries
     * @throws IllegalArgumentException if the detail is blank: the broker's operator would be left without a reason
     */
    public HandoffRejection {
        if (detail.isBlank()) {
            throw new IllegalArgumentException("the detail of a " + reason + " rejection is blank");
        }
    }
}
