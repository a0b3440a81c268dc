package io.handoff.netty;

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
        /** The expected token was never pending, or is no longer: a replay, for one. */
        TOKEN_NOT_PENDING,
        /** The expected token was pending for longer than its time to live. */
        TOKEN_EXPIRED,
        /** Another token was expected; that one stays pending. */
        TOKEN_MISMATCH,
        /** The token store could not be asked, or could not take in the token that came with the descriptor. */
        TOKEN_STORE,
        /** The descriptor is none of a connected stream socket. */
        DESCRIPTOR_UNFIT,
        /** A descriptor was sent, but this process or the system had no number left for it. */
        DESCRIPTOR_LOST,
        /** The connection could not be turned into a channel of the program: its initializer failed, say. */
        ADOPTION_FAILED,
        /** The embedding program's {@link OfferAdmission} said no. */
        NOT_ADMITTED,
        /** A backend said no; its text is all that a broker learns. */
        BY_BACKEND
    }

    static final HandoffRejection TOKEN_MISSING =
            new HandoffRejection(Reason.TOKEN_MISSING, "handoff token is missing");
    static final HandoffRejection TOKEN_NOT_PENDING =
            new HandoffRejection(Reason.TOKEN_NOT_PENDING, "handoff token is not pending");
    static final HandoffRejection TOKEN_EXPIRED = new HandoffRejection(Reason.TOKEN_EXPIRED, "handoff token expired");
    static final HandoffRejection TOKEN_MISMATCH =
            new HandoffRejection(Reason.TOKEN_MISMATCH, "handoff token mismatch");
    static final HandoffRejection DESCRIPTOR_LOST = new HandoffRejection(
            Reason.DESCRIPTOR_LOST, "handoff descriptor could not be received: the backend has too many open files");
    static final HandoffRejection ADOPTION_FAILED =
            new HandoffRejection(Reason.ADOPTION_FAILED, "handoff connection could not be adopted by the backend");
    static final HandoffRejection ADMISSION_FAILED =
            new HandoffRejection(Reason.NOT_ADMITTED, "handoff offer could not be judged by the backend");

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

    static HandoffRejection notAdmitted(String detail) {
        return new HandoffRejection(Reason.NOT_ADMITTED, detail);
    }

    static HandoffRejection tokenStore(String error) {
        return new HandoffRejection(Reason.TOKEN_STORE, "handoff token store error: " + error);
    }

    static HandoffRejection unfitDescriptor(String misfit) {
        return new HandoffRejection(Reason.DESCRIPTOR_UNFIT, "handoff descriptor " + misfit);
    }

    static HandoffRejection byBackend(String detail) {
        return new HandoffRejection(Reason.BY_BACKEND, detail.isBlank() ? "no detail provided" : detail);
    }

    static HandoffRejection tokenLength(int bytes) {
        return new HandoffRejection(
                Reason.TOKEN_LENGTH, "handoff token length was " + bytes + " bytes; expected " + HandoffToken.BYTES);
    }
}
