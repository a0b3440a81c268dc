package io.handoff.netty.observe;

import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffWireException;
import java.io.IOException;

/**
 * Is told what happens at a server, for logs, metrics and traces.
 *
 * <p>It is called on the event loop where something happens. If there are several loops, several may call at a time. So it must
 * not block, and must not rely on an order between connections. If it throws, that is logged and changes nothing.
 */
public interface HandoffListener {

    /**
     * A connection could not be accepted, mostly because no descriptor was left (EMFILE, ENFILE). It has not been refused.
     * It still waits, as others may, and the server tries again every second.
     *
     * @param failure what accept(2) said
     */
    default void acceptFailed(IOException failure) {}

    /**
     * A system call failed on a handoff connection that had been accepted. Its offer is going to be rejected for that, wherever it can
     * still be read; else the connection is closed without an answer. If it is the wait for the first bytes that failed, they are waited
     * for in another way, and the offer is judged as any other.
     *
     * @param failure what the call said
     */
    default void callFailed(IOException failure) {}

    /**
     * A connection is not served. If its first offer is rejected for that, {@link #offerJudged} tells that, too; else it has been
     * closed before a byte of it was read.
     *
     * @param peer the process at its other end
     * @param refusal why
     */
    default void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {}

    /**
     * An offer was judged, and its ACK written. If its connection has closed by then, this is not called. That can only
     * happen if the tokens live on another event loop, or the connection is adopted on another.
     *
     * @param peer the process that sent the offer
     * @param answer what became of it
     */
    default void offerJudged(HandoffPeer peer, HandoffAnswer answer) {}

    /**
     * The ACK of an offer could not be written. The broker gets no answer and has to let go of the connection. If the
     * connection was adopted here, it is closed here, too.
     *
     * @param peer the process that sent the offer
     * @param answer what the ACK would have said
     */
    default void ackFailed(HandoffPeer peer, HandoffAnswer answer) {}

    /**
     * A peer broke the protocol or missed the deadline; its connection is closed.
     *
     * @param peer the process at its other end
     * @param error what was broken
     */
    default void wireError(HandoffPeer peer, HandoffWireException error) {}
}
