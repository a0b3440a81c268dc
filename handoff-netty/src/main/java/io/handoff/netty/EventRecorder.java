package io.handoff.netty;

/** Commits the events of one server to the Flight Recorder. */
final class EventRecorder implements HandoffListener {

    /** An ACK has left; it answers an offer on a connection that was accepted so long ago. */
    void answered(
            HandoffPeer peer,
            HandoffAcceptance acceptance,
            boolean bringsDescriptor,
            long answerNanos,
            long sinceAcceptNanos) {
        if (acceptance instanceof HandoffAcceptance.Rejected rejected) {
            rejected(peer, rejected, answerNanos);
        } else {
            accepted(peer, acceptance.offer(), bringsDescriptor, answerNanos, sinceAcceptNanos);
        }
    }

    private static void accepted(
            HandoffPeer peer, Offer offer, boolean adopted, long answerNanos, long sinceAcceptNanos) {
        HandoffEvent event = new HandoffEvent();
        if (event.shouldCommit()) {
            event.setOffer(peer, offer);
            event.adopted = adopted;
            event.answerTime = answerNanos;
            event.timeSinceAccept = sinceAcceptNanos;
            event.commit();
        }
    }

    private static void rejected(HandoffPeer peer, HandoffAcceptance.Rejected rejected, long answerNanos) {
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
    public void ackFailed(HandoffPeer peer, HandoffAcceptance acceptance) {
        UnansweredEvent event = new UnansweredEvent();
        if (event.shouldCommit()) {
            event.setOffer(peer, acceptance.offer());
            event.accepted = acceptance instanceof HandoffAcceptance.Accepted;
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
