package io.handoff.netty.observe;

import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.Offer;

/** Commits the events of one server to the Flight Recorder. */
final class EventRecorder implements ServerObserver {

    @Override
    public void acksLeft(HandoffPeer peer, LeftAcks acks) {
        for (HandoffAnswer answer : acks.answers()) {
            if (answer instanceof HandoffAnswer.Rejected rejected) {
                rejected(peer, rejected, acks.answerNanos());
            } else {
                accepted(peer, answer.offer(), acks);
            }
        }
    }

    private static void accepted(HandoffPeer peer, Offer offer, LeftAcks acks) {
        HandoffEvent event = new HandoffEvent();
        if (event.shouldCommit()) {
            event.setOffer(peer, offer);
            event.adopted = acks.broughtDescriptor();
            event.answerTime = acks.answerNanos();
            event.timeSinceAccept = acks.sinceAcceptNanos();
            event.commit();
        }
    }

    private static void rejected(HandoffPeer peer, HandoffAnswer.Rejected rejected, long answerNanos) {
        RejectionEvent event = new RejectionEvent();
        if (event.shouldCommit()) {
            event.setOffer(peer, rejected.offer());
            event.reason = rejected.rejection().reason().name();
            event.detail = rejected.rejection().detail();
            event.answerTime = answerNanos;
            event.commit();
        }
    }

    @Override
    public void ackFailed(HandoffPeer peer, HandoffAnswer answer) {
        UnansweredEvent event = new UnansweredEvent();
        if (event.shouldCommit()) {
            event.setOffer(peer, answer.offer());
            event.accepted = answer instanceof HandoffAnswer.Accepted;
            event.commit();
        }
    }

    @Override
    public void wireError(HandoffPeer peer, HandoffWireException error) {
        WireErrorEvent event = new WireErrorEvent();
        if (event.shouldCommit()) {
            event.setPeer(peer);
            event.kind = error.kind().name();
            event.message = error.getMessage();
            event.commit();
        }
    }
}
