package io.handoff.cli.broker;

import io.handoff.cli.broker.ClientReport.Outcome;
import io.handoff.netty.broker.HandoffBrokerMeterBinder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;

/** The meters of the broker that are not those of its pools. Thread-safe. */
final class BrokerMeters {

    private static final String SERVICE = "service";

    private final MeterRegistry registry;
    private final Timer looks;
    private final Counter bytesToServer;
    private final Counter bytesToClient;

    BrokerMeters(MeterRegistry registry, OpenClients clients) {
        this.registry = registry;
        looks = Timer.builder("handoff.broker.looks")
                .description("from when a client was accepted until it was known what it speaks")
                .register(registry);
        bytesToServer = proxied("to_server");
        bytesToClient = proxied("to_client");
        Gauge.builder("handoff.broker.clients.undecided", clients, OpenClients::undecidedNow)
                .description("clients that are looked at or being handed over now")
                .register(registry);
        Gauge.builder("handoff.broker.clients.proxied", clients, OpenClients::proxiedNow)
                .description("clients that are proxied now")
                .register(registry);
        for (Outcome outcome : Outcome.values()) {
            if (outcome != Outcome.ECHOED) {
                outcomes(outcome);
            }
        }
        for (boolean applied : new boolean[] {true, false}) {
            reloads(applied);
        }
    }

    private Counter proxied(String direction) {
        return Counter.builder("handoff.broker.proxied")
                .baseUnit("bytes")
                .description("bytes that were proxied, of connections that have ended")
                .tag("direction", direction)
                .register(registry);
    }

    private Counter outcomes(Outcome outcome) {
        return Counter.builder("handoff.broker.clients")
                .description("clients by what became of them")
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private Counter reloads(boolean applied) {
        return Counter.builder("handoff.broker.reloads")
                .description("readings of the file after the first, by whether what it says is in force")
                .tag("result", applied ? "applied" : "refused")
                .register(registry);
    }

    /** Shows the counts of a service from now on. */
    void show(Service service) {
        new HandoffBrokerMeterBinder(service.metrics(), Tags.of(SERVICE, service.name())).bindTo(registry);
    }

    /** Shows them no more, so that another one may come under its name. */
    void forget(Service service) {
        registry.getMeters().stream()
                .filter(meter -> service.name().equals(meter.getId().getTag(SERVICE)))
                .forEach(registry::remove);
    }

    void looked(long nanos) {
        looks.record(Duration.ofNanos(nanos));
    }

    void ended(ClientReport report) {
        outcomes(report.outcome()).increment();
        bytesToServer.increment((double) report.bytesToServer());
        bytesToClient.increment((double) report.bytesToClient());
    }

    void reloaded(boolean applied) {
        reloads(applied).increment();
    }
}
