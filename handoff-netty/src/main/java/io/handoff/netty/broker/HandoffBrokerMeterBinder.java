package io.handoff.netty.broker;

import io.handoff.netty.broker.HandoffBrokerMetrics.Counts;
import io.handoff.netty.broker.HandoffBrokerMetrics.Result;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Registers the counts of a broker or of a pool as Micrometer meters, which docs/metrics.md lists. Those of a backend are there from
 * its first handoff on. They are read when the registry is read.
 *
 * <pre>{@code
 * new HandoffBrokerMeterBinder(pool.metrics(), Tags.of("service", "shop")).bindTo(registry);
 * }</pre>
 *
 * <p>This class needs {@code io.micrometer:micrometer-core}, which is an optional dependency. Nothing else here does. The registry
 * does not keep the counts alive, but the counts the registry: bind what lives as long as it.
 */
public final class HandoffBrokerMeterBinder implements MeterBinder {

    private final HandoffBrokerMetrics metrics;
    private final Tags tags;

    /**
     * Makes a binder whose meters have their own tags only.
     *
     * @param metrics the counts of a broker or a pool
     */
    public HandoffBrokerMeterBinder(HandoffBrokerMetrics metrics) {
        this(metrics, List.of());
    }

    /**
     * Makes a binder whose meters have further tags, to tell several brokers or pools in one registry apart.
     *
     * @param metrics the counts of a broker or a pool
     * @param tags what every meter has besides its own
     */
    public HandoffBrokerMeterBinder(HandoffBrokerMetrics metrics, Iterable<Tag> tags) {
        this.metrics = metrics;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        metrics.watch(new Meters(registry, tags));
    }

    /** Of one registry, by backend. */
    private record Meters(MeterRegistry registry, Tags tags, Map<Counts, List<Meter>> registered)
            implements HandoffBrokerMetrics.Watcher {

        Meters(MeterRegistry registry, Tags tags) {
            this(registry, tags, new HashMap<>());
        }

        @Override
        public void added(Counts counts) {
            Tags own = tags.and("backend", counts.backend().toString());
            List<Meter> meters = new ArrayList<>();
            meters.add(Gauge.builder("handoff.broker.in.flight", counts, Counts::inFlight)
                    .description("handoffs to the backend under way now")
                    .tags(own)
                    .register(registry));
            for (Result result : Result.ALL) {
                meters.add(FunctionTimer.builder(
                                "handoff.broker.handoffs",
                                counts,
                                all -> all.count(result),
                                all -> all.nanos(result),
                                TimeUnit.NANOSECONDS)
                        .description(
                                "from when the broker was called, or the pool had come to the backend, until the outcome")
                        .tags(own.and(tags(result)))
                        .register(registry));
            }
            registered.put(counts, meters);
        }

        private static Tags tags(Result result) {
            String stage =
                    result.stage() == null ? "none" : result.stage().name().toLowerCase(Locale.ROOT);
            return Tags.of("outcome", result.outcome(), "stage", stage, "client", result.isHere() ? "here" : "gone");
        }

        @Override
        public void forgotten(Counts counts) {
            registered.getOrDefault(counts, List.of()).forEach(registry::remove);
            registered.remove(counts);
        }
    }
}
