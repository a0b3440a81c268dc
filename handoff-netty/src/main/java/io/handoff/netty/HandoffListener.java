package io.handoff.netty;

import java.io.IOException;

/**
 * Is told what happens at a server, for logs, metrics and traces.
 *
 * <p>Called on the event loop where it happens, by several of them at a time if there are several, and so must neither
 * block nor rely on an order between connections. What it throws is logged and changes nothing.
 */
public interface HandoffListener {

    /**
     * A connection could not be accepted, for want of descriptors as a rule (EMFILE, ENFILE). It has not been refused: it
     * and any other that waits are accepted once that is possible, which is tried again every second.
     *
     * @param failure what accept(2) said
     */
    default void acceptFailed(IOException failure) {}

    /**
     * A connection was closed before a byte of it was read.
     *
     * @param peer the process at its other end
     * @param refusal why
     */
    default void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {}

    /**
     * An offer was judged, and its ACK written. Nobody is told of an offer whose connection has closed by then, which can
     * only be where the tokens live on another event loop or a connection is adopted on another.
     *
     * @param peer the process that sent the offer
     * @param acceptance what became of it
     */
    default void offerJudged(HandoffPeer peer, HandoffAcceptance acceptance) {}

    /**
     * The ACK of an offer could not be written. The broker has to take that for no answer, and to let go of the
     * connection; an adopted connection is closed here, too.
     *
     * @param peer the process that sent the offer
     * @param acceptance what the ACK would have said
     */
    default void ackFailed(HandoffPeer peer, HandoffAcceptance acceptance) {}

    /**
     * A peer broke the protocol or missed the deadline; its connection is closed.
     *
     * @param peer the process at its other end
     * @param error what was broken
     */
    default void wireError(HandoffPeer peer, HandoffWireException error) {}
}
