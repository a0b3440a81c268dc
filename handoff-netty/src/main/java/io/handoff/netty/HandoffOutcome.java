package io.handoff.netty;

/** What became of one handoff, and so who has the client's connection now (WIRE §7). */
public sealed interface HandoffOutcome {

    /** The backend has the connection. The broker's copy of it is closed. */
    record Accepted() implements HandoffOutcome {}

    /**
     * The backend has explicitly refused the connection, untouched. It is served here again: the channel is registered,
     * reads as before, and has lost no byte; unless the program has closed it meanwhile.
     *
     * @param detail the backend's reason, never blank; any text that the backend chose to send
     */
    record Rejected(String detail) implements HandoffOutcome {}

    /**
     * The handoff did not come to an answer.
     *
     * @param stage how far it got
     * @param cause what went wrong; never holds the token
     * @param connectionUsable whether the connection is still ours, and is served here as before. If not, it is closed
     *     here: it ended by itself, or the backend may have taken it over without our knowing
     */
    record Failed(Stage stage, Throwable cause, boolean connectionUsable) implements HandoffOutcome {}

    /** How far a handoff got that has failed. */
    enum Stage {
        /** Not tried: too many handoffs to this backend have failed lately. The connection is untouched. */
        SUPPRESSED,
        /** Not tried: as many handoffs to this backend are under way as may be. The connection is untouched. */
        IN_FLIGHT_LIMIT,
        /**
         * The client's connection is not, or no longer, one that can be handed off: the channel is of another kind or
         * not active, a handler may hold bytes of it, a handoff is running already, its input has ended, bytes of it
         * were read here meanwhile, or what was written to it did not leave in time. Usable, unless it is closed.
         */
        CLIENT_NOT_READY,
        /** The backend could not be connected to, or ended the connection before it was sent anything. Usable. */
        CONNECT,
        /** Sending failed. Usable if the descriptor had not been sent yet, else not. */
        SEND,
        /** Everything was sent, but no answer came in time, or none that answers this offer. Not usable. */
        ACK;

        /** Whether such a failure says something about the backend. */
        boolean isBackends() {
            return this == CONNECT || this == SEND || this == ACK;
        }
    }
}
