package io.handoff.netty;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Remembers everything a server tells. */
class RecordingListener implements HandoffListener {

    record Refused(HandoffPeer peer, ConnectionRefusal refusal) {}

    final Queue<IOException> acceptFailures = new ConcurrentLinkedQueue<>();
    final Queue<Refused> refused = new ConcurrentLinkedQueue<>();
    final Queue<HandoffAcceptance> judged = new ConcurrentLinkedQueue<>();
    final Queue<HandoffAcceptance> ackFailures = new ConcurrentLinkedQueue<>();
    final Queue<HandoffWireException> wireErrors = new ConcurrentLinkedQueue<>();

    @Override
    public void acceptFailed(IOException failure) {
        acceptFailures.add(failure);
    }

    @Override
    public void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {
        refused.add(new Refused(peer, refusal));
    }

    @Override
    public void offerJudged(HandoffPeer peer, HandoffAcceptance acceptance) {
        judged.add(acceptance);
    }

    @Override
    public void ackFailed(HandoffPeer peer, HandoffAcceptance acceptance) {
        ackFailures.add(acceptance);
    }

    @Override
    public void wireError(HandoffPeer peer, HandoffWireException error) {
        wireErrors.add(error);
    }
}
