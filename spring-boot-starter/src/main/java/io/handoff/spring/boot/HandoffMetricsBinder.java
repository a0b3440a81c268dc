package io.handoff.spring.boot;

import io.handoff.netty.observe.HandoffMeterBinder;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;

/** Binds the counts of the server when it has started. A {@code MeterBinder} bean would be asked for them before. */
final class HandoffMetricsBinder implements ApplicationListener<ApplicationStartedEvent> {

    private final MeterRegistry registry;
    private final HandoffServerLifecycle lifecycle;

    HandoffMetricsBinder(MeterRegistry registry, HandoffServerLifecycle lifecycle) {
        this.registry = registry;
        this.lifecycle = lifecycle;
    }

    @Override
    public void onApplicationEvent(ApplicationStartedEvent event) {
        lifecycle.server().ifPresent(server -> new HandoffMeterBinder(server.metrics()).bindTo(registry));
    }
}
