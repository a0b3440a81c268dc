package io.handoff.cli.backend;

import io.handoff.cli.report.ReportPrinter;
import io.handoff.netty.observe.ConnectionRefusal;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.Offer;

/** Prints each decision of a server. */
final class DecisionPrinter implements HandoffListener {

    private final ReportPrinter printer;

    DecisionPrinter(ReportPrinter printer) {
        this.printer = printer;
    }

    @Override
    public void offerJudged(HandoffPeer peer, HandoffAnswer answer) {
        Offer offer = answer.offer();
        String correlationId = Long.toUnsignedString(offer.correlationId());
        if (answer instanceof HandoffAnswer.Rejected rejected) {
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
    public void ackFailed(HandoffPeer peer, HandoffAnswer answer) {
        Offer offer = answer.offer();
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
