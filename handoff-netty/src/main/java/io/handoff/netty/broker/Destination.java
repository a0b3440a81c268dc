package io.handoff.netty.broker;

import io.handoff.netty.broker.HandoffBrokerMetrics.Counts;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.Offer;
import io.netty.channel.Channel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One backend, as those who hand off see it: how it is handed connections, whether it may be handed one more, and its counts. Not API.
 *
 * <p>Thread-safe.
 */
public final class Destination {

    private final HandoffBrokerConfig config;
    private final AttemptLimits limits;
    private final HandoffBrokerMetrics metrics;

    /**
     * Makes one with nothing under way and no failure.
     *
     * @param config how it is handed connections
     * @param metrics where its handoffs are counted
     */
    public Destination(HandoffBrokerConfig config, HandoffBrokerMetrics metrics) {
        this.config = config;
        this.limits = new AttemptLimits(config);
        this.metrics = metrics;
    }

    /**
     * Tells where the backend listens.
     *
     * @return the path of its socket
     */
    public Path backend() {
        return config.backendSocket();
    }

    /**
     * Counts the handoffs to it that are under way.
     *
     * @return the number of handoffs
     */
    public int inFlight() {
        return limits.inFlight();
    }

    /**
     * Tells whether a handoff could begin now: it has not failed too often, and not too many are under way.
     *
     * @param nowNanos the time on the ticker of the client's event loop
     * @return false if it would fail at once
     */
    public boolean isOpen(long nowNanos) {
        return limits.allows(nowNanos);
    }

    HandoffBrokerConfig config() {
        return config;
    }

    Account open(Channel client, Offer offer) {
        return new Account(client, offer);
    }

    /** The account of one attempt, which is closed once. */
    final class Account {

        private final Channel client;
        private final Counts counts = metrics.of(config.backendSocket());
        private final BrokerHandoffEvent event;
        private final long startedAtNanos;
        private boolean hasBegun;
        private boolean isLarge;

        private Account(Channel client, Offer offer) {
            this.client = client;
            event = BrokerHandoffEvent.begin(config.backendSocket(), offer);
            startedAtNanos = nanoTime();
            counts.began();
        }

        private long nanoTime() {
            return client.eventLoop().ticker().nanoTime();
        }

        /** Whether the attempt may go on; or why not. */
        @Nullable
        Failed begin(int frameLength) {
            isLarge = frameLength > HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH;
            Failed refusal = limits.begin(client);
            hasBegun = refusal == null;
            return refusal;
        }

        void close(HandoffOutcome outcome) {
            if (hasBegun) {
                limits.ended(client, outcome, isLarge);
            }
            counts.ended(outcome, nanoTime() - startedAtNanos);
            event.end(outcome);
        }
    }
}
