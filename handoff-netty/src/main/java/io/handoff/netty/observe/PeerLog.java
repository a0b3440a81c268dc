package io.handoff.netty.observe;

import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.Offer;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs what peers do at a server, in messages that do not change: docs/metrics.md has them. Each kind has a limit of its own,
 * so that a flood of one does not hide another.
 */
final class PeerLog implements ServerObserver {

    private static final Logger logger = LoggerFactory.getLogger(PeerLog.class);

    private final PerConstant<ConnectionRefusal, LogLimit> refused;
    private final PerConstant<HandoffRejection.Reason, LogLimit> rejected;
    private final PerConstant<HandoffWireException.Kind, LogLimit> wireErrors;
    private final LogLimit unanswered;
    private final LogLimit failedCalls;

    /** Takes the executor of the timers; see {@link LogLimit}. */
    PeerLog(EventExecutor timers) {
        refused = limits(ConnectionRefusal.class, Level.WARN, "handoff connection refused: reason=", timers);
        rejected = limits(HandoffRejection.Reason.class, Level.INFO, "handoff rejected: reason=", timers);
        wireErrors = limits(HandoffWireException.Kind.class, Level.WARN, "handoff wire error: kind=", timers);
        unanswered = new LogLimit(logger, Level.WARN, "handoff unanswered", timers);
        failedCalls = new LogLimit(logger, Level.WARN, "handoff system call failed", timers);
    }

    private static <K extends Enum<K>> PerConstant<K, LogLimit> limits(
            Class<K> kinds, Level level, String subject, EventExecutor timers) {
        return new PerConstant<>(kinds, kind -> new LogLimit(logger, level, subject + kind, timers));
    }

    @Override
    public void callFailed(IOException failure) {
        if (failedCalls.permits()) {
            failedCalls.log(": {}", String.valueOf(failure.getMessage()));
        }
    }

    @Override
    public void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {
        LogLimit limit = refused.get(refusal);
        if (limit.permits()) {
            limit.log(" {}", Words.of(peer));
        }
    }

    @Override
    public void offerJudged(HandoffPeer peer, HandoffAnswer answer) {
        if (answer instanceof HandoffAnswer.Rejected rejected) {
            rejected(peer, rejected.offer(), rejected.rejection());
        } else if (logger.isDebugEnabled()) {
            Offer offer = answer.offer();
            TraceContext.logAbout(
                    offer, () -> logger.debug("handoff accepted: {} {}", Words.of(offer), Words.of(peer)));
        }
    }

    private void rejected(HandoffPeer peer, Offer offer, HandoffRejection rejection) {
        LogLimit limit = rejected.get(rejection.reason());
        if (limit.permits()) {
            TraceContext.logAbout(
                    offer,
                    () -> limit.log(" {} {}: {}", Words.of(offer), Words.of(peer), Words.line(rejection.detail())));
        }
    }

    @Override
    public void ackFailed(HandoffPeer peer, HandoffAnswer answer) {
        if (unanswered.permits()) {
            Offer offer = answer.offer();
            boolean accepted = answer instanceof HandoffAnswer.Accepted;
            TraceContext.logAbout(
                    offer,
                    () -> unanswered.log(
                            ": accepted={} {} {}: the ACK could not be written",
                            accepted,
                            Words.of(offer),
                            Words.of(peer)));
        }
    }

    @Override
    public void wireError(HandoffPeer peer, HandoffWireException error) {
        LogLimit limit = wireErrors.get(error.kind());
        if (limit.permits()) {
            limit.log(" {}: {}", Words.of(peer), Words.line(String.valueOf(error.getMessage())));
        }
    }

    /** Parts of messages. */
    private static final class Words {
        private Words() {}

        static String of(HandoffPeer peer) {
            // The kernel shows 0 for a process of another pid namespace.
            return "pid=" + (peer.pid() == 0 ? "unknown" : peer.pid()) + " uid=" + Integer.toUnsignedString(peer.uid());
        }

        static String of(Offer offer) {
            return "correlation_id=" + Long.toUnsignedString(offer.correlationId());
        }

        /** The program's own text may repeat what a peer has sent; it must not pass for a message of its own. */
        static String line(String text) {
            return text.replaceAll("\\p{C}", "?");
        }
    }
}
