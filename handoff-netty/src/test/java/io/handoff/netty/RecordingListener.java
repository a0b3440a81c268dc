package io.handoff.netty;

import io.handoff.netty.observe.ConnectionRefusal;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffWireException;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Remembers everything a server tells. */
public class RecordingListener implements HandoffListener {

    public record Refused(HandoffPeer peer, ConnectionRefusal refusal) {}

    public final Queue<IOException> acceptFailures = new ConcurrentLinkedQueue<>();
    public final Queue<IOException> callFailures = new ConcurrentLinkedQueue<>();
    public final Queue<Refused> refused = new ConcurrentLinkedQueue<>();
    public final Queue<HandoffAnswer> judged = new ConcurrentLinkedQueue<>();
    public final Queue<HandoffAnswer> ackFailures = new ConcurrentLinkedQueue<>();
    public final Queue<HandoffWireException> wireErrors = new ConcurrentLinkedQueue<>();

    @Override
    public void acceptFailed(IOException failure) {
        acceptFailures.add(failure);
    }

    @Override
    public void callFailed(IOException failure) {
        callFailures.add(failure);
    }

    @Override
    public void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {
        refused.add(new Refused(peer, refusal));
    }

    @Override
    public void offerJudged(HandoffPeer peer, HandoffAnswer answer) {
        judged.add(answer);
    }

    @Override
    public void ackFailed(HandoffPeer peer, HandoffAnswer answer) {
        ackFailures.add(answer);
    }

    @Override
    public void wireError(HandoffPeer peer, HandoffWireException error) {
        wireErrors.add(error);
    }
}
