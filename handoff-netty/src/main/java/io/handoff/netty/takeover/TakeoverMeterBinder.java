package io.handoff.netty.takeover;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * Registers how a takeover stands as Micrometer meters, which docs/metrics.md lists.
 *
 * <p>This class needs {@code io.micrometer:micrometer-core}, which is an optional dependency. The registry does not keep the takeover
 * alive.
 */
public final class TakeoverMeterBinder implements MeterBinder {

    private final HandoffTakeover takeover;

    /**
     * Makes a binder.
     *
     * @param takeover what the meters show
     */
    public TakeoverMeterBinder(HandoffTakeover takeover) {
        this.takeover = takeover;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        connections(registry, "moved", TakeoverReport::moved);
        connections(registry, "lost", TakeoverReport::lost);
        connections(registry, "ended", TakeoverReport::ended);
        connections(registry, "busy", TakeoverReport::busy);
        connections(registry, "rejected", TakeoverReport::rejected);
        connections(registry, "waiting", TakeoverReport::waiting);
        FunctionCounter.builder(
                        "handoff.takeover.rejections",
                        takeover,
                        each -> each.progress().rejections())
                .description(
                        "attempts of a takeover to move a connection that the successor has rejected, or not heard of")
                .register(registry);
        TimeGauge.builder(
                        "handoff.takeover.moving",
                        takeover,
                        TimeUnit.NANOSECONDS,
                        each -> each.progress().moving().toNanos())
                .description("how long the connections of a takeover have been moving")
                .register(registry);
    }

    private void connections(MeterRegistry registry, String standing, ToIntFunction<TakeoverReport> number) {
        Gauge.builder("handoff.takeover.connections", takeover, each -> number.applyAsInt(each.progress()))
                .description("connections of a takeover, by how they stand")
                .tag("standing", standing)
                .register(registry);
    }
}
