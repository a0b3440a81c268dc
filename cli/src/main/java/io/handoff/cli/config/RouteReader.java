package io.handoff.cli.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the routes, and where clients go that none fits. */
final class RouteReader {

    private static final Set<String> KEYS = ConfigReader.keys("sni", "alpn", "host", "pathPrefix", "service");

    private final Set<String> services;
    private final Problems problems;

    RouteReader(Set<String> services, Problems problems) {
        this.services = services;
        this.problems = problems;
    }

    List<RouteConfig> read(List<Node> nodes) {
        List<RouteConfig> routes = new ArrayList<>();
        Map<String, Node> seen = new HashMap<>();
        for (Node node : nodes) {
            RouteConfig route = route(YamlMap.of(node, KEYS, problems));
            if (route != null) {
                Node first = seen.putIfAbsent(route.conditions(), node);
                if (first == null) {
                    routes.add(route);
                } else {
                    problems.add(
                            node,
                            "a route for " + route.conditions() + " again; the one in line " + YamlMap.lineOf(first)
                                    + " decides");
                }
            }
        }
        return routes;
    }

    private @Nullable RouteConfig route(YamlMap map) {
        boolean isAny = map.get("sni") != null
                || map.get("alpn") != null
                || map.get("host") != null
                || map.get("pathPrefix") != null;
        String sni = map.value("sni", Values::hostPattern);
        String alpn = map.value("alpn", Values::protocol);
        String host = map.value("host", Values::hostPattern);
        String pathPrefix = map.value("pathPrefix", Values::pathPrefix);
        String service = service(map, "service");
        if (!isAny) {
            map.problem(
                    "a route without a condition; expected sni, alpn, host or pathPrefix; 'default' is for all others");
            return null;
        }
        if ((sni != null || alpn != null) && (host != null || pathPrefix != null)) {
            map.problem("a route for both TLS (sni, alpn) and plain HTTP/1 (host, pathPrefix), which no client fits;"
                    + " expected two routes");
            return null;
        }
        if (map.get("service") == null) {
            map.problem("a route without a service; expected service: NAME");
        }
        return service == null ? null : new RouteConfig(sni, alpn, host, pathPrefix, service);
    }

    /** A name that a service has; null if there is no such key, or no such service. */
    @Nullable
    String service(YamlMap map, String key) {
        return map.value(key, name -> {
            if (!services.contains(name)) {
                throw new IllegalArgumentException("there is no service '" + name + "'; expected "
                        + (services.isEmpty()
                                ? "one that 'services' has"
                                : String.join(", ", new TreeSet<>(services))));
            }
            return name;
        });
    }
}
