package io.handoff.netty.observe;

import io.handoff.netty.descriptor.DescriptorCounts;
import io.handoff.netty.token.TokenCounts;
import io.handoff.netty.wire.FrameBudget;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffWireException;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * All who watch one server: the counts, the log, the Flight Recorder, and the program's own listener, told in this order. Whatever one
 * of them throws is logged and kept away from the connections. Not API.
 */
public final class Observers implements ServerObserver {

    private final ProgramFailureLog failures;
    private final HandoffMetrics metrics;
    private final List<ServerObserver> observers;

    /**
     * Makes the observers of a server.
     *
     * @param timers the executor of the timers of limited logs
     * @param program the program's listener
     * @param connections counted by the server
     * @param frames where large frames are counted
     * @param tokens counted by the token store
     * @param descriptors counted as they are received
     */
    public Observers(
            EventExecutor timers,
            HandoffListener program,
            ConnectionCounts connections,
            FrameBudget frames,
            TokenCounts tokens,
            DescriptorCounts descriptors) {
        this.failures = new ProgramFailureLog(timers);
        EventCounts events = new EventCounts();
        this.metrics = new HandoffMetrics(events, connections, frames, tokens, descriptors);
        this.observers = List.of(events, new PeerLog(timers), new EventRecorder(), new ProgramListener(program));
    }

    /**
     * Gives access to the counts.
     *
     * @return the counts
     */
    public HandoffMetrics metrics() {
        return metrics;
    }

    /**
     * Gives access to the log of what the program's code throws.
     *
     * @return the log
     */
    public ProgramFailureLog failures() {
        return failures;
    }

    @Override
    public void acceptFailed(IOException failure) {
        tell(observer -> observer.acceptFailed(failure));
    }

    @Override
    public void callFailed(IOException failure) {
        tell(observer -> observer.callFailed(failure));
    }

    @Override
    public void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {
        tell(observer -> observer.connectionRefused(peer, refusal));
    }

    @Override
    public void offerJudged(HandoffPeer peer, HandoffAnswer answer) {
        tell(observer -> observer.offerJudged(peer, answer));
    }

    @Override
    public void acksLeft(HandoffPeer peer, LeftAcks acks) {
        tell(observer -> observer.acksLeft(peer, acks));
    }

    @Override
    public void ackFailed(HandoffPeer peer, HandoffAnswer answer) {
        tell(observer -> observer.ackFailed(peer, answer));
    }

    @Override
    public void wireError(HandoffPeer peer, HandoffWireException error) {
        tell(observer -> observer.wireError(peer, error));
    }

    private void tell(Consumer<ServerObserver> news) {
        for (ServerObserver observer : observers) {
            try {
                news.accept(observer);
            } catch (Throwable e) { // The program may throw anything, and the connection goes on.
                failures.listenerFailed(observer, e);
            }
        }
    }

    /** The program's listener, under its own name where it fails. */
    private record ProgramListener(HandoffListener listener) implements ServerObserver {

        @Override
        public void acceptFailed(IOException failure) {
            listener.acceptFailed(failure);
        }

        @Override
        public void callFailed(IOException failure) {
            listener.callFailed(failure);
        }

        @Override
        public void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {
            listener.connectionRefused(peer, refusal);
        }

        @Override
        public void offerJudged(HandoffPeer peer, HandoffAnswer answer) {
            listener.offerJudged(peer, answer);
        }

        @Override
        public void ackFailed(HandoffPeer peer, HandoffAnswer answer) {
            listener.ackFailed(peer, answer);
        }

        @Override
        public void wireError(HandoffPeer peer, HandoffWireException error) {
            listener.wireError(peer, error);
        }

        @Override
        public String toString() {
            return String.valueOf(listener);
        }
    }
}
