package io.handoff.cli.broker;

import io.handoff.cli.config.BrokerConfig;
import io.handoff.cli.config.ListenerConfig;
import io.handoff.cli.config.RouteConfig;
import io.handoff.netty.preface.ClientPreface;
import io.handoff.netty.preface.PrefacePeeker;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of clients, by one reading of the file. A client keeps the plan that was in force when it came.
 *
 * @param config what the file said
 * @param routes which of its services a client goes to
 * @param services by name
 * @param peeker looks at clients
 */
record Plan(BrokerConfig config, RouteTable routes, Map<String, Service> services, PrefacePeeker peeker) {

    /** How a client was routed. */
    record Choice(String route, @Nullable Service service) {}

    /** Where a listener's clients go that are not looked at; null if they have to be. */
    @Nullable
    Choice withoutALook(ListenerConfig listener) {
        if (listener.service() != null) {
            return new Choice("listener", services.get(listener.service()));
        }
        return routes.routes().isEmpty() ? byDefault() : null;
    }

    Choice choose(ClientPreface preface) {
        RouteConfig route = routes.find(preface);
        return route == null ? byDefault() : new Choice(route.conditions(), services.get(route.service()));
    }

    private Choice byDefault() {
        String service = config.defaultService();
        return service == null ? new Choice("none", null) : new Choice("default", services.get(service));
    }
}
