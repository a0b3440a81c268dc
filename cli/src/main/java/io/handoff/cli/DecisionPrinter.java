package io.handoff.cli;

import io.handoff.netty.ConnectionRefusal;
import io.handoff.netty.HandoffAcceptance;
import io.handoff.netty.HandoffListener;
import io.handoff.netty.HandoffPeer;
import io.handoff.netty.HandoffWireException;
import io.handoff.netty.Offer;

/** Prints each decision of a server. */
final class DecisionPrinter implements HandoffListener {

    private final ReportPrinter printer;

    DecisionPrinter(ReportPrinter printer) {
        this.printer = printer;
    }

    @Override
    public void offerJudged(HandoffPeer peer, HandoffAcceptance acceptance) {
        Offer offer = acceptance.offer();
        String correlationId = Long.toUnsignedString(offer.correlationId());
        if (acceptance instanceof HandoffAcceptance.Rejected rejected) {
            printer.print(new BackendReport.Rejected(
                    offer.serviceName(),
                    correlationId,
                    rejected.rejection().reason(),
                    rejected.rejection().detail(),
                    peer.pid(),
                    uid(peer)));
        } else {
            printer.print(new BackendReport.Accepted(offer.serviceName(), correlationId, peer.pid(), uid(peer)));
        }
    }

    @Override
    public void ackFailed(HandoffPeer peer, HandoffAcceptance acceptance) {
        Offer offer = acceptance.offer();
        printer.print(new BackendReport.Unanswered(
                offer.serviceName(), Long.toUnsignedString(offer.correlationId()), peer.pid(), uid(peer)));
    }

    @Override
    public void wireError(HandoffPeer peer, HandoffWireException error) {
        printer.print(
                new BackendReport.Closed(error.kind(), String.valueOf(error.getMessage()), peer.pid(), uid(peer)));
    }

    @Override
    public void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {
        printer.print(new BackendReport.Refused(refusal, peer.pid(), uid(peer)));
    }

    /** {@code uid_t} is unsigned on Linux. */
    private static long uid(HandoffPeer peer) {
        return Integer.toUnsignedLong(peer.uid());
    }
}
