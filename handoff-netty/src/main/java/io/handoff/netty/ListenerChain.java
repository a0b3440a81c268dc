package io.handoff.netty;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Tells several listeners, and keeps what they throw away from the connections. */
final class ListenerChain implements HandoffListener {

    private final ProgramFailureLog failures;
    private final List<HandoffListener> listeners;

    ListenerChain(ProgramFailureLog failures, HandoffListener... listeners) {
        this.failures = failures;
        this.listeners = List.of(listeners);
    }

    @Override
    public void acceptFailed(IOException failure) {
        tell(listener -> listener.acceptFailed(failure));
    }

    @Override
    public void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {
        tell(listener -> listener.connectionRefused(peer, refusal));
    }

    @Override
    public void offerJudged(HandoffPeer peer, HandoffAcceptance acceptance) {
        tell(listener -> listener.offerJudged(peer, acceptance));
    }

    @Override
    public void ackFailed(HandoffPeer peer, HandoffAcceptance acceptance) {
        tell(listener -> listener.ackFailed(peer, acceptance));
    }

    @Override
    public void wireError(HandoffPeer peer, HandoffWireException error) {
        tell(listener -> listener.wireError(peer, error));
    }

    private void tell(Consumer<HandoffListener> news) {
        for (HandoffListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                failures.listenerFailed(listener, e);
            }
        }
    }
}
