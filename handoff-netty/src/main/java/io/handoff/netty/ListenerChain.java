package io.handoff.netty;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells several listeners, and keeps what they throw away from the connections. */
final class ListenerChain implements HandoffListener {

    private static final Logger logger = LoggerFactory.getLogger(ListenerChain.class);

    private final List<HandoffListener> listeners;

    ListenerChain(HandoffListener... listeners) {
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
                logger.warn("HandoffListener {} failed", listener, e);
            }
        }
    }
}
