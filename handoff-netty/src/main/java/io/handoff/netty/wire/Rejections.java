package io.handoff.netty.wire;

import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.TokenVerdict;
import io.handoff.netty.wire.HandoffRejection.Reason;
import java.io.IOException;

/**
 * Every rejection that a backend gives, with its text: those of WIRE §5, which the reference gives too, and those of ours. The
 * one place where the verdict of another room becomes a rejection. Not API.
 */
public final class Rejections {

    /** The offer carries no token. */
    public static final HandoffRejection TOKEN_MISSING =
            new HandoffRejection(Reason.TOKEN_MISSING, "handoff token is missing");

    /** No pending token is the expected one. */
    public static final HandoffRejection TOKEN_NOT_PENDING =
            new HandoffRejection(Reason.TOKEN_NOT_PENDING, "handoff token is not pending");

    /** Another token than the one presented was expected. */
    public static final HandoffRejection TOKEN_MISMATCH =
            new HandoffRejection(Reason.TOKEN_MISMATCH, "handoff token mismatch");

    /** The kernel could not install the descriptor. */
    public static final HandoffRejection DESCRIPTOR_LOST = new HandoffRejection(
            Reason.DESCRIPTOR_LOST,
            "handoff descriptor could not be received: the backend has too many open files, or a security module denies it");

    /** No channel of the program's could be made of the descriptor. */
    public static final HandoffRejection ADOPTION_FAILED =
            new HandoffRejection(Reason.ADOPTION_FAILED, "handoff connection could not be adopted by the backend");

    /** The program's listening channel has closed. */
    public static final HandoffRejection LISTENER_CLOSED = new HandoffRejection(
            Reason.LISTENER_CLOSED, "handoff backend takes no more connections: its listener has closed");

    /** The program's listening channel accepts nothing for now, and has not for a second. */
    public static final HandoffRejection LISTENER_PAUSED = new HandoffRejection(
            Reason.LISTENER_PAUSED, "handoff backend takes no connections for now: its listener has paused");

    /** The program's admission has failed. */
    public static final HandoffRejection ADMISSION_FAILED =
            new HandoffRejection(Reason.NOT_ADMITTED, "handoff offer could not be judged by the backend");

    private static final HandoffRejection STATE_NOT_ACCEPTED =
            new HandoffRejection(Reason.STATE_NOT_TAKEN, "handoff state is not accepted here");

    private static final HandoffRejection TOKEN_EXPIRED =
            new HandoffRejection(Reason.TOKEN_EXPIRED, "handoff token expired");

    private Rejections() {}

    /**
     * Says what the verdict of the token store means for the broker.
     *
     * @param verdict any but {@link TokenVerdict#CONSUMED}
     * @return the rejection
     */
    public static HandoffRejection of(TokenVerdict verdict) {
        return switch (verdict) {
            case NOT_PENDING -> TOKEN_NOT_PENDING;
            case EXPIRED -> TOKEN_EXPIRED;
            case MISMATCH -> TOKEN_MISMATCH;
            case CONSUMED -> throw new IllegalArgumentException("a consumed token is no reason to reject");
        };
    }

    /**
     * Says that a token has another length than it should.
     *
     * @param bytes how long it was
     * @return the rejection
     */
    public static HandoffRejection tokenLength(int bytes) {
        return bytes == 0
                ? TOKEN_MISSING
                : new HandoffRejection(
                        Reason.TOKEN_LENGTH,
                        "handoff token length was " + bytes + " bytes; expected " + HandoffToken.BYTES);
    }

    /**
     * Says that the token store could not be asked, or could not take a token in.
     *
     * @param error why
     * @return the rejection
     */
    public static HandoffRejection tokenStore(String error) {
        return new HandoffRejection(Reason.TOKEN_STORE, "handoff token store error: " + error);
    }

    /**
     * Says that the call that receives a descriptor has failed.
     *
     * @param failure what the call said
     * @return the rejection
     */
    public static HandoffRejection descriptorNotReceived(String failure) {
        return new HandoffRejection(Reason.DESCRIPTOR_LOST, "handoff descriptor could not be received: " + failure);
    }

    /**
     * Says that a descriptor is none that can be adopted.
     *
     * @param misfit what it is, to follow "handoff descriptor"
     * @return the rejection
     */
    public static HandoffRejection unfitDescriptor(String misfit) {
        return new HandoffRejection(Reason.DESCRIPTOR_UNFIT, "handoff descriptor " + misfit);
    }

    /**
     * Says that the frame of an offer was not taken in for its length.
     *
     * @param error what was wrong with the frame
     * @return the rejection
     */
    public static HandoffRejection offerTooLarge(String error) {
        return new HandoffRejection(Reason.OFFER_TOO_LARGE, "handoff offer was not taken in: " + error);
    }

    /**
     * Says that what travels with a connection is more than is taken.
     *
     * @param bytes how much it is
     * @param maxBytes how much is taken; zero for nothing at all
     * @return the rejection
     */
    public static HandoffRejection stateNotTaken(long bytes, int maxBytes) {
        return maxBytes == 0
                ? STATE_NOT_ACCEPTED
                : new HandoffRejection(
                        Reason.STATE_NOT_TAKEN,
                        "handoff state was " + bytes + " bytes; at most " + maxBytes + " are taken");
    }

    /**
     * Says that as many connections are open as may be.
     *
     * @param maxConnections how many may be
     * @return the rejection
     */
    public static HandoffRejection connectionLimit(int maxConnections) {
        return new HandoffRejection(
                Reason.CONNECTION_LIMIT, "handoff backend is at its limit of " + maxConnections + " connections");
    }

    /**
     * Says that the process that has connected is not permitted.
     *
     * @param uid its effective user id, as this process' user namespace has it
     * @param isOverflow whether that is the id which stands for whoever is unknown there
     * @return the rejection
     */
    public static HandoffRejection peerNotPermitted(int uid, boolean isOverflow) {
        String meaning =
                isOverflow ? ", which stands for every user whom the user namespace of the backend does not know" : "";
        return new HandoffRejection(
                Reason.PEER_NOT_PERMITTED,
                "handoff peer is not permitted: the backend sees it with uid " + Integer.toUnsignedString(uid)
                        + meaning);
    }

    /**
     * Says that a system call on the handoff connection has failed.
     *
     * @param failure what the call said
     * @return the rejection
     */
    public static HandoffRejection callFailed(IOException failure) {
        return new HandoffRejection(
                Reason.CALL_FAILED,
                "handoff offer could not be judged, a system call of the backend failed: " + failure.getMessage());
    }

    /**
     * Repeats what the program's admission has said.
     *
     * @param detail the program's text
     * @return the rejection
     */
    public static HandoffRejection notAdmitted(String detail) {
        return new HandoffRejection(Reason.NOT_ADMITTED, detail);
    }

    /** What a broker has been told. */
    static HandoffRejection byBackend(String detail) {
        return new HandoffRejection(Reason.BY_BACKEND, detail.isBlank() ? "no detail provided" : detail);
    }
}
