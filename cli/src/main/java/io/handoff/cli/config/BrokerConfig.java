package io.handoff.cli.config;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a broker is told. The names that routes and listeners have for services are keys of {@code services}.
 *
 * @param listeners where clients connect; one at least, no two at one address
 * @param routes which client goes where, the first that fits; no two with the same conditions
 * @param defaultService where clients go that no route fits; null: they are let go of
 * @param services by name, in the order of the file
 * @param peek how long and how far a client is looked at
 * @param limits what holds for the broker as a whole
 * @param metrics where Prometheus reads; null: nowhere
 */
public record BrokerConfig(
        List<ListenerConfig> listeners,
        List<RouteConfig> routes,
        @Nullable String defaultService,
        Map<String, ServiceConfig> services,
        PeekConfig peek,
        LimitsConfig limits,
        @Nullable InetSocketAddress metrics) {}
