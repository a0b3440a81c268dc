package io.handoff.netty.broker;

/** What became of one handoff, and so who has the client's connection now (WIRE §7). */
public sealed interface HandoffOutcome {

    /** The backend has the connection. The broker's copy of it is closed. */
    record Accepted() implements HandoffOutcome {}

    /**
     * The backend has rejected the connection and has not touched it. It is served here again: the channel is registered,
     * reads as the program says, and has lost no byte. The channel is closed, though, if the program has closed it meanwhile, if its
     * event loop is ending, or if the system does not let it be served any more.
     *
     * @param detail the backend's reason: any text that the backend chose to send; never blank
     */
    record Rejected(String detail) implements HandoffOutcome {}

    /**
     * The handoff did not come to an answer.
     *
     * @param stage how far it got
     * @param cause what went wrong; never holds the token
     * @param connectionUsable whether the connection is still the broker's, and is served here as before. If not, it is closed
     *     here: it has ended by itself, or the backend may have taken it over without our knowing. It is false, too, if another
     *     handoff of the connection is running; then the outcome of that one decides
     */
    record Failed(Stage stage, Throwable cause, boolean connectionUsable) implements HandoffOutcome {}

    /** How far a handoff got that has failed. */
    enum Stage {
        /** Not tried: a pool has no backend that takes handoffs now. The connection is untouched. */
        NO_BACKEND,
        /**
         * Not tried: too many handoffs to this backend have failed lately, and if that is over, another one is being tried.
         * The connection is untouched.
         */
        SUPPRESSED,
        /** Not tried: {@code maxInFlight} handoffs to this backend are under way. The connection is untouched. */
        IN_FLIGHT_LIMIT,
        /**
         * The client's connection cannot be handed off, or not any more. The channel is of another kind or not active, a
         * handler may hold bytes, a handoff is running already, the input has ended, bytes were read here meanwhile, what
         * was written did not leave in time, or the channel could not be taken out of epoll. Usable, unless it is closed.
         */
        CLIENT_NOT_READY,
        /** Not tried: the offer is longer than a frame may be. The connection is untouched. */
        OFFER_TOO_LARGE,
        /** The backend could not be connected to, or ended the connection before it was sent anything. Usable, as it was. */
        CONNECT,
        /** Sending failed. Usable if the descriptor had not been sent yet, else not. */
        SEND,
        /** Everything was sent, but no answer to this offer came in time. Not usable. */
        ACK,
        /**
         * The backend has accepted the connection, but has not taken all that was to travel with it (WIRE §10): bytes of the client, or
         * state, are lost. The connection is the backend's. Not usable.
         */
        STATE_LOST
    }
}
