package io.handoff.netty;

import io.netty.util.concurrent.EventExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs what the program's own code throws: peers make it run, so as often as they like. */
final class ProgramFailureLog {

    private static final Logger logger = LoggerFactory.getLogger(ProgramFailureLog.class);

    private final LogLimit peerPolicies;
    private final LogLimit admissions;
    private final LogLimit adoptions;
    private final LogLimit listeners;

    /** Takes the executor of the timers; see {@link LogLimit}. */
    ProgramFailureLog(EventExecutor timers) {
        peerPolicies = new LogLimit(logger, Level.WARN, "handoff PeerPolicy failed", timers);
        admissions = new LogLimit(logger, Level.WARN, "handoff OfferAdmission failed", timers);
        adoptions = new LogLimit(logger, Level.WARN, "handoff adoption failed", timers);
        listeners = new LogLimit(logger, Level.WARN, "handoff listener failed", timers);
    }

    void peerPolicyFailed(HandoffPeer peer, RuntimeException failure) {
        if (peerPolicies.permits()) {
            peerPolicies.log(", {} is refused", peer, failure);
        }
    }

    void admissionFailed(Offer offer, RuntimeException failure) {
        logAbout(offer, admissions, failure);
    }

    void adoptionFailed(Offer offer, Throwable failure) {
        logAbout(offer, adoptions, failure);
    }

    private static void logAbout(Offer offer, LogLimit limit, Throwable failure) {
        if (limit.permits()) {
            String correlationId = Long.toUnsignedString(offer.correlationId());
            TraceContext.logAbout(
                    offer, () -> limit.log(", the offer is rejected: correlation_id={}", correlationId, failure));
        }
    }

    void listenerFailed(HandoffListener listener, RuntimeException failure) {
        if (listeners.permits()) {
            listeners.log(": {}", listener, failure);
        }
    }
}
