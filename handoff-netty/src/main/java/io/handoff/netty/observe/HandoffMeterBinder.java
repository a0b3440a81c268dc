package io.handoff.netty.observe;

import io.handoff.netty.wire.HandoffRejection.Reason;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Registers the counts of a server as Micrometer meters, which docs/metrics.md lists. They are read when the registry is
 * read, and cost nothing in between.
 *
 * <pre>{@code
 * new HandoffMeterBinder(server.metrics()).bindTo(registry);
 * }</pre>
 *
 * <p>This class needs {@code io.micrometer:micrometer-core}, which is an optional dependency. Nothing else here does. The registry
 * does not keep the counts alive: when nobody holds the server any more, its meters stand still.
 */
public final class HandoffMeterBinder implements MeterBinder {

    private final HandoffMetrics metrics;
    private final Tags tags;

    /**
     * Makes a binder whose meters have their own tags only.
     *
     * @param metrics the counts of a server
     */
    public HandoffMeterBinder(HandoffMetrics metrics) {
        this(metrics, List.of());
    }

    /**
     * Makes a binder whose meters have further tags, to tell several servers in one registry apart.
     *
     * @param metrics the counts of a server
     * @param tags what every meter has besides its own
     */
    public HandoffMeterBinder(HandoffMetrics metrics, Iterable<Tag> tags) {
        this.metrics = metrics;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bindConnections(registry);
        bindOffers(registry);
        bindTokens(registry);
        bindDescriptors(registry);
    }

    private void bindConnections(MeterRegistry registry) {
        gauge("handoff.connections.open", "handoff connections open now", HandoffMetrics::openConnections)
                .register(registry);
        counter(
                        "handoff.connections.opened",
                        "handoff connections accepted and not refused",
                        HandoffMetrics::connectionsOpened)
                .register(registry);
        for (ConnectionRefusal reason : ConnectionRefusal.values()) {
            counter(
                            "handoff.connections.refused",
                            "handoff connections not served",
                            counts -> counts.connectionsRefused(reason))
                    .tag("reason", value(reason))
                    .register(registry);
        }
        counter(
                        "handoff.accept.failures",
                        "failures of accept(2), at most one a second",
                        HandoffMetrics::acceptFailures)
                .register(registry);
        counter(
                        "handoff.call.failures",
                        "system calls that failed on a handoff connection",
                        HandoffMetrics::callFailures)
                .register(registry);
        // An ACK, and what may be wrong with it, comes to a broker.
        for (Kind kind : EnumSet.complementOf(EnumSet.of(Kind.TOKEN_ECHO))) {
            counter(
                            "handoff.wire.errors",
                            "handoff connections closed without an ACK",
                            counts -> counts.wireErrors(kind))
                    .tag("kind", value(kind))
                    .register(registry);
        }
        gauge("handoff.frames.large", "bodies of more than 64 KiB that are there now", HandoffMetrics::largeFrameBytes)
                .baseUnit("bytes")
                .register(registry);
    }

    private void bindOffers(MeterRegistry registry) {
        bindOffers("accepted", "none", HandoffMetrics::offersAccepted, registry);
        // And so does what a backend says.
        for (Reason reason : EnumSet.complementOf(EnumSet.of(Reason.BY_BACKEND))) {
            bindOffers("rejected", value(reason), counts -> counts.offersRejected(reason), registry);
        }
        counter("handoff.acks.failed", "ACKs that could not be written", HandoffMetrics::acksFailed)
                .register(registry);
        bindTimer(
                "handoff.answers",
                "from when an offer was read until its ACK had left",
                HandoffMetrics::offersAnswered,
                HandoffMetrics::totalAnswerTime,
                registry);
        bindTimer(
                "handoff.adoptions",
                "from when a handoff connection was accepted until the connection that it brought was the program's",
                HandoffMetrics::connectionsAdopted,
                HandoffMetrics::totalAdoptionTime,
                registry);
    }

    private void bindOffers(
            String outcome, String reason, ToDoubleFunction<HandoffMetrics> count, MeterRegistry registry) {
        counter("handoff.offers", "offers judged", count)
                .tag("outcome", outcome)
                .tag("reason", reason)
                .register(registry);
    }

    private void bindTokens(MeterRegistry registry) {
        gauge("handoff.tokens.pending", "tokens pending now", HandoffMetrics::pendingTokens)
                .register(registry);
        bindEvent("handoff.tokens", "issued", HandoffMetrics::tokensIssued, registry);
        bindEvent("handoff.tokens", "registered", HandoffMetrics::tokensRegistered, registry);
        bindEvent("handoff.tokens", "consumed", HandoffMetrics::tokensConsumed, registry);
        bindEvent("handoff.tokens", "expired", HandoffMetrics::tokensExpired, registry);
        bindEvent("handoff.tokens", "revoked", HandoffMetrics::tokensRevoked, registry);
    }

    private void bindDescriptors(MeterRegistry registry) {
        gauge(
                        "handoff.descriptors.open",
                        "descriptors received that are neither adopted nor closed yet",
                        HandoffMetrics::openDescriptors)
                .register(registry);
        bindEvent("handoff.descriptors", "received", HandoffMetrics::descriptorsReceived, registry);
        bindEvent("handoff.descriptors", "adopted", HandoffMetrics::descriptorsAdopted, registry);
        bindEvent("handoff.descriptors", "closed", HandoffMetrics::descriptorsClosed, registry);
    }

    private void bindEvent(String name, String event, ToDoubleFunction<HandoffMetrics> count, MeterRegistry registry) {
        counter(name, "by what became of them", count).tag("event", event).register(registry);
    }

    private Gauge.Builder<HandoffMetrics> gauge(
            String name, String description, ToDoubleFunction<HandoffMetrics> value) {
        return Gauge.builder(name, metrics, value).description(description).tags(tags);
    }

    private FunctionCounter.Builder<HandoffMetrics> counter(
            String name, String description, ToDoubleFunction<HandoffMetrics> count) {
        return FunctionCounter.builder(name, metrics, count)
                .description(description)
                .tags(tags);
    }

    private void bindTimer(
            String name,
            String description,
            ToLongFunction<HandoffMetrics> count,
            Function<HandoffMetrics, Duration> total,
            MeterRegistry registry) {
        FunctionTimer.builder(
                        name, metrics, count, counts -> total.apply(counts).toNanos(), TimeUnit.NANOSECONDS)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private static String value(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
