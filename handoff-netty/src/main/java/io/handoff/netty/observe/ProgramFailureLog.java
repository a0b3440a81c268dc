package io.handoff.netty.observe;

import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.Offer;
import io.netty.util.concurrent.EventExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs what the program's own code throws: peers make it run, so as often as they like. Not API. */
public final class ProgramFailureLog {

    private static final Logger logger = LoggerFactory.getLogger(ProgramFailureLog.class);

    private final LogLimit peerPolicies;
    private final LogLimit admissions;
    private final LogLimit adoptions;
    private final LogLimit listeners;

    /**
     * Makes a log with limits of its own.
     *
     * @param timers the executor that ends the windows of the limits
     */
    public ProgramFailureLog(EventExecutor timers) {
        peerPolicies = new LogLimit(logger, Level.WARN, "handoff PeerPolicy failed", timers);
        admissions = new LogLimit(logger, Level.WARN, "handoff OfferAdmission failed", timers);
        adoptions = new LogLimit(logger, Level.WARN, "handoff adoption failed", timers);
        listeners = new LogLimit(logger, Level.WARN, "handoff listener failed", timers);
    }

    /**
     * The policy has failed, and the connection is refused.
     *
     * @param peer who has connected
     * @param failure what was thrown
     */
    public void peerPolicyFailed(HandoffPeer peer, Throwable failure) {
        if (peerPolicies.permits()) {
            peerPolicies.log(", {} is refused", peer, failure);
        }
    }

    /**
     * The admission has failed, and the offer is rejected.
     *
     * @param offer the offer
     * @param failure what was thrown
     */
    public void admissionFailed(Offer offer, Throwable failure) {
        logAbout(offer, admissions, failure);
    }

    /**
     * A connection could not be adopted, and the offer is rejected.
     *
     * @param offer the offer
     * @param failure why
     */
    public void adoptionFailed(Offer offer, Throwable failure) {
        logAbout(offer, adoptions, failure);
    }

    private static void logAbout(Offer offer, LogLimit limit, Throwable failure) {
        if (limit.permits()) {
            String correlationId = Long.toUnsignedString(offer.correlationId());
            TraceContext.logAbout(
                    offer, () -> limit.log(", the offer is rejected: correlation_id={}", correlationId, failure));
        }
    }

    void listenerFailed(HandoffListener listener, Throwable failure) {
        if (listeners.permits()) {
            listeners.log(": {}", listener, failure);
        }
    }
}
