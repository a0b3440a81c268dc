package io.handoff.netty.broker;

import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.netty.channel.Channel;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether one more handoff to a backend may begin: not too many at once, and none to a backend that keeps failing.
 *
 * <p>Thread-safe, as {@link AttemptLimiter}.
 */
final class AttemptLimits {

    private final HandoffBrokerConfig config;
    private final AttemptLimiter limiter;
    private final Semaphore inFlight;

    AttemptLimits(HandoffBrokerConfig config) {
        this.config = config;
        this.limiter = new AttemptLimiter(config.maxFailures(), config.failureWindow());
        this.inFlight = new Semaphore(config.maxInFlight());
    }

    int inFlight() {
        return config.maxInFlight() - inFlight.availablePermits();
    }

    /** Whether {@link #begin} would let one begin. */
    boolean allows(long nowNanos) {
        return inFlight.availablePermits() > 0 && limiter.allows(nowNanos);
    }

    /** Begins one, which has to be {@link #ended} once; or says why not. */
    @Nullable
    Failed begin(Channel client) {
        long now = now(client);
        if (!limiter.begin(now)) {
            return refusal(client, Stage.SUPPRESSED, suppressed(limiter.suppressedForNanos(now)));
        }
        if (!inFlight.tryAcquire()) {
            limiter.saidNothing();
            String limit = config.maxInFlight() + " handoffs to " + config.backendSocket() + " are under way";
            return refusal(client, Stage.IN_FLIGHT_LIMIT, limit);
        }
        return null;
    }

    private static Failed refusal(Channel client, Stage stage, String why) {
        return new Failed(stage, HandoffBrokerException.here(why), client.isActive());
    }

    private String suppressed(long nanos) {
        return config.maxFailures() + " handoffs to " + config.backendSocket() + " have failed within "
                + config.failureWindow().toMillis() + " ms; "
                + (nanos > 0
                        ? "the next is tried in " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms"
                        : "one is being tried now");
    }

    /**
     * Accounts one that has begun.
     *
     * @param isLarge whether its offer was so long that a backend may refuse to read it: then a missing answer says
     *     nothing about the next
     */
    void ended(Channel client, HandoffOutcome outcome, boolean isLarge) {
        inFlight.release();
        if (outcome instanceof Accepted) {
            limiter.succeeded();
        } else if (outcome instanceof Rejected) {
            limiter.answered();
        } else if (outcome instanceof Failed failed && isBackends(failed, isLarge)) {
            limiter.failed(now(client));
        } else {
            limiter.saidNothing();
        }
    }

    private static boolean isBackends(Failed failed, boolean isLarge) {
        boolean isOurs = failed.cause() instanceof HandoffBrokerException cause && cause.isOurs();
        return switch (failed.stage()) {
            case CONNECT, STATE_LOST -> !isOurs;
            case SEND, ACK -> !isOurs && !isLarge;
            default -> false;
        };
    }

    private static long now(Channel client) {
        return client.eventLoop().ticker().nanoTime();
    }
}
