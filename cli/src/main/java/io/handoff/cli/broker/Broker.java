package io.handoff.cli.broker;

import io.handoff.cli.config.BrokerConfig;
import io.handoff.cli.config.ListenAddress;
import io.handoff.cli.config.ListenerConfig;
import io.handoff.cli.config.ServiceConfig;
import io.handoff.netty.preface.PrefacePeeker;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Accepts clients, and does with each what the settings say, which may be replaced while it runs.
 *
 * <p>Thread-safe; to apply settings and to stop wait for each other.
 */
final class Broker {

    /** For those that end when they are told to. */
    private static final Duration TIME_TO_STOP = Duration.ofSeconds(1);

    private final EventLoopGroup loops;
    private final OpenClients clients;
    private final ClientSession.Audience audience;
    private final ServiceFactory services;

    private Map<ListenAddress, Listener> listeners = Map.of();
    private Map<String, Service> current = Map.of();
    private Duration longestDecision = Duration.ZERO;
    private Duration drainTimeout = Duration.ZERO;
    private boolean isStopped;

    /** Makes services of their settings. */
    @FunctionalInterface
    interface ServiceFactory {
        Service make(String name, ServiceConfig config, BrokerConfig all);
    }

    /** What has changed: where clients connect, and where they go. */
    record Change(List<Listener> opened, List<Listener> closed, List<Service> begun, List<Service> ended) {}

    Broker(EventLoopGroup loops, OpenClients clients, ClientSession.Audience audience, ServiceFactory services) {
        this.loops = loops;
        this.clients = clients;
        this.audience = audience;
        this.services = services;
    }

    /**
     * Does what the settings say from now on. Listeners that stay keep their sockets, and services that stay as they were keep what they
     * know of their backends.
     *
     * @throws IOException saying what is wrong; then everything is as it was
     */
    synchronized Change apply(BrokerConfig config) throws IOException {
        if (isStopped) {
            throw new IOException("the broker is stopping");
        }
        Map<String, Service> next = servicesOf(config);
        Plan plan = new Plan(config, new RouteTable(config.routes()), next, peeker(config));
        List<Listener> opened = open(config.listeners(), plan);
        Map<ListenAddress, Listener> all = new LinkedHashMap<>();
        opened.forEach(listener -> all.put(listener.config().address(), listener));
        for (ListenerConfig listener : config.listeners()) {
            Listener stays = listeners.get(listener.address());
            if (stays != null) {
                stays.follow(listener, plan);
                all.put(listener.address(), stays);
            }
        }
        List<Listener> dropped = listeners.values().stream()
                .filter(listener -> !all.containsValue(listener))
                .toList();
        Map<String, Service> before = current;
        listeners = all;
        current = next;
        noteTimes(config);
        dropped.forEach(Listener::close);
        return new Change(opened, dropped, without(next, before), without(before, next));
    }

    private static List<Service> without(Map<String, Service> some, Map<String, Service> others) {
        return some.values().stream()
                .filter(service -> !service.equals(others.get(service.name())))
                .toList();
    }

    private Map<String, Service> servicesOf(BrokerConfig config) {
        Map<String, Service> next = new LinkedHashMap<>();
        config.services().forEach((name, settings) -> {
            Service before = current.get(name);
            next.put(
                    name,
                    before != null && before.isMadeOf(settings, config.limits())
                            ? before
                            : services.make(name, settings, config));
        });
        return next;
    }

    private static PrefacePeeker peeker(BrokerConfig config) {
        return PrefacePeeker.builder()
                .timeout(config.peek().timeout())
                .maxBytes(config.peek().maxBytes())
                .build();
    }

    /** Opens those that are new: all, or none. */
    private List<Listener> open(List<ListenerConfig> configs, Plan plan) throws IOException {
        for (ListenerConfig config : configs) {
            Listener stays = listeners.get(config.address());
            String obstacle = stays == null ? null : stays.obstacle(config);
            if (obstacle != null) {
                throw new IOException(obstacle);
            }
        }
        List<Listener> opened = new ArrayList<>();
        try {
            for (ListenerConfig config : configs) {
                if (!listeners.containsKey(config.address())) {
                    opened.add(Listener.open(config, plan, loops, clients, audience));
                }
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.forEach(Listener::close);
            throw e;
        }
    }

    /** A plan of before may be in force for clients that have come by it. */
    private void noteTimes(BrokerConfig config) {
        drainTimeout = config.limits().drainTimeout();
        for (ServiceConfig service : config.services().values()) {
            Duration decision = config.peek().timeout().plus(service.timeout());
            longestDecision = decision.compareTo(longestDecision) > 0 ? decision : longestDecision;
        }
    }

    /** Accepts no more, and lets those who are there come to their end. */
    synchronized void stop() throws InterruptedException {
        isStopped = true;
        listeners.values().forEach(Listener::close);
        // Their own deadlines come first.
        clients.awaitDecisions(longestDecision.plus(TIME_TO_STOP));
        clients.endRelays(drainTimeout, TIME_TO_STOP);
    }
}
