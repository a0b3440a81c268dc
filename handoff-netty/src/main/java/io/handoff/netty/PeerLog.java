package io.handoff.netty;

import io.netty.util.concurrent.EventExecutor;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs what peers do at a server, in messages that do not change: docs/metrics.md has them. Each kind has a limit of its own,
 * so that a flood of one does not hide another.
 */
final class PeerLog implements HandoffListener {

    private static final Logger logger = LoggerFactory.getLogger(PeerLog.class);

    private final Map<ConnectionRefusal, LogLimit> refused;
    private final Map<HandoffRejection.Reason, LogLimit> rejected;
    private final Map<HandoffWireException.Kind, LogLimit> wireErrors;
    private final LogLimit unanswered;

    /** Takes the executor of the timers; see {@link LogLimit}. */
    PeerLog(EventExecutor timers) {
        refused = limits(ConnectionRefusal.class, Level.WARN, "handoff connection refused: reason=", timers);
        rejected = limits(HandoffRejection.Reason.class, Level.INFO, "handoff rejected: reason=", timers);
        wireErrors = limits(HandoffWireException.Kind.class, Level.WARN, "handoff wire error: kind=", timers);
        unanswered = new LogLimit(logger, Level.WARN, "handoff unanswered", timers);
    }

    private static <K extends Enum<K>> Map<K, LogLimit> limits(
            Class<K> kinds, Level level, String subject, EventExecutor timers) {
        Map<K, LogLimit> limits = new EnumMap<>(kinds);
        for (K kind : kinds.getEnumConstants()) {
            limits.put(kind, new LogLimit(logger, level, subject + kind, timers));
        }
        return limits;
    }

    private static <K extends Enum<K>> LogLimit limit(Map<K, LogLimit> limits, K kind) {
        return Objects.requireNonNull(limits.get(kind), "limits() made one for every constant");
    }

    @Override
    public void connectionRefused(HandoffPeer peer, ConnectionRefusal refusal) {
        LogLimit limit = limit(refused, refusal);
        if (limit.permits()) {
            limit.log(" {}", Words.of(peer));
        }
    }

    @Override
    public void offerJudged(HandoffPeer peer, HandoffAcceptance acceptance) {
        if (acceptance instanceof HandoffAcceptance.Rejected rejected) {
            rejected(peer, rejected.offer(), rejected.rejection());
        } else if (logger.isDebugEnabled()) {
            Offer offer = acceptance.offer();
            TraceContext.logAbout(
                    offer, () -> logger.debug("handoff accepted: {} {}", Words.of(offer), Words.of(peer)));
        }
    }

    private void rejected(HandoffPeer peer, Offer offer, HandoffRejection rejection) {
        LogLimit limit = limit(rejected, rejection.reason());
        if (limit.permits()) {
            TraceContext.logAbout(
                    offer,
                    () -> limit.log(" {} {}: {}", Words.of(offer), Words.of(peer), Words.line(rejection.detail())));
        }
    }

    @Override
    public void ackFailed(HandoffPeer peer, HandoffAcceptance acceptance) {
        if (unanswered.permits()) {
            Offer offer = acceptance.offer();
            boolean accepted = acceptance instanceof HandoffAcceptance.Accepted;
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
        LogLimit limit = limit(wireErrors, error.kind());
        if (limit.permits()) {
            limit.log(" {}: {}", Words.of(peer), Words.line(String.valueOf(error.getMessage())));
        }
    }

    /** Parts of messages. */
    private static final class Words {
        private Words() {}

        static String of(HandoffPeer peer) {
            return "pid=" + peer.pid() + " uid=" + Integer.toUnsignedString(peer.uid());
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
