package io.handoff.cli.config;

import io.handoff.cli.config.ServiceConfig.Backends;
import io.handoff.cli.config.ServiceConfig.Fallback;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Makes the settings of what a file has, and collects all that is wrong with it. */
final class ConfigReader {

    private static final Set<String> KEYS =
            keys("listeners", "routes", "default", "services", "peek", "limits", "metrics");
    private static final Set<String> LISTENER_KEYS =
            keys("address", "service", "backlog", "reusePort", "keepAlive", "maxConnections");
    private static final Set<String> SERVICE_KEYS = keys("backends", "directory", "timeout", "readyEvent", "fallback");
    private static final Set<String> PEEK_KEYS = keys("timeout", "maxBytes");
    private static final Set<String> LIMITS_KEYS =
            keys("threads", "handoffsInFlight", "maxFailures", "failureWindow", "drainTimeout");

    private final Problems problems;

    ConfigReader(Problems problems) {
        this.problems = problems;
    }

    static Set<String> keys(String... inOrder) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(List.of(inOrder)));
    }

    BrokerConfig read(Node root) {
        YamlMap map = YamlMap.of(root, KEYS, problems);
        Map<String, ServiceConfig> services = services(map);
        RouteReader routes = new RouteReader(services.keySet(), problems);
        List<ListenerConfig> listeners = listeners(map, routes);
        List<RouteConfig> routeConfigs = routes.read(map.list("routes"));
        String byDefault = routes.service(map, "default");
        InetSocketAddress metrics = map.value("metrics", Values::tcpAddress);
        return new BrokerConfig(listeners, routeConfigs, byDefault, services, peek(map), limits(map), metrics);
    }

    private List<ListenerConfig> listeners(YamlMap map, RouteReader services) {
        List<ListenerConfig> listeners = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Node node : map.list("listeners")) {
            YamlMap entry = YamlMap.of(node, LISTENER_KEYS, problems);
            ListenAddress address = entry.value("address", Values::listenAddress);
            ListenerConfig listener = new ListenerConfig(
                    address == null ? new ListenAddress.Systemd("") : address,
                    services.service(entry, "service"),
                    entry.value("backlog", Values.number(1, 65_535), ListenerConfig.DEFAULT_BACKLOG),
                    entry.value("reusePort", Values::truth, false),
                    entry.value("keepAlive", Values::truth, true),
                    entry.value(
                            "maxConnections", Values.number(1, 10_000_000), ListenerConfig.DEFAULT_MAX_CONNECTIONS));
            if (address != null) {
                checkListener(entry, listener, seen);
                listeners.add(listener);
            } else if (entry.get("address") == null) {
                entry.problem("a listener without an address; expected address: HOST:PORT, PATH or systemd:NAME");
            }
        }
        if (map.list("listeners").isEmpty()) {
            map.problem("no listener; expected one at least under 'listeners'");
        }
        return listeners;
    }

    private void checkListener(YamlMap entry, ListenerConfig listener, Set<String> seen) {
        if (!seen.add(listener.address().text())) {
            entry.problem("a listener at " + listener.address().text() + " again; expected one for each address");
        }
        if (listener.reusePort() && !(listener.address() instanceof ListenAddress.Tcp)) {
            entry.problem("reusePort is for a TCP address that is opened here, and not for "
                    + listener.address().text());
        }
    }

    private Map<String, ServiceConfig> services(YamlMap map) {
        Map<String, ServiceConfig> services = new LinkedHashMap<>();
        Node node = map.get("services");
        if (node == null) {
            map.problem("no service; expected one at least under 'services'");
            return services;
        }
        YamlMap.ofAnyKeys(node, problems).forEach((name, settings) -> services.put(name(name), service(settings)));
        return services;
    }

    private String name(ScalarNode key) {
        if (key.getValue().isBlank()) {
            problems.add(key, "a service without a name; expected one, which backends are told");
        }
        return key.getValue();
    }

    private ServiceConfig service(Node node) {
        YamlMap map = YamlMap.of(node, SERVICE_KEYS, problems);
        List<Path> sockets = map.texts("backends", Values::socketPath);
        Path directory = map.value("directory", Path::of);
        if (map.get("backends") == null && map.get("directory") == null) {
            map.problem("a service without backends; expected backends: [PATH, …], or directory: PATH");
        } else if (map.get("backends") != null && map.get("directory") != null) {
            map.problem("a service with both backends and directory; expected one of them");
        } else if (new HashSet<>(sockets).size() < sockets.size()) {
            map.problem("a backend twice; expected each socket once");
        }
        return new ServiceConfig(
                backends(sockets, directory),
                map.value("timeout", Values::duration, ServiceConfig.DEFAULT_TIMEOUT),
                map.value("readyEvent", Values::truth, false),
                map.value("fallback", Values::fallback, new Fallback.Close()));
    }

    private static Backends backends(List<Path> sockets, @Nullable Path directory) {
        return directory == null ? new Backends.Listed(sockets) : new Backends.Watched(directory);
    }

    private PeekConfig peek(YamlMap map) {
        Node node = map.get("peek");
        if (node == null) {
            return PeekConfig.DEFAULT;
        }
        YamlMap peek = YamlMap.of(node, PEEK_KEYS, problems);
        return new PeekConfig(
                peek.value("timeout", Values::duration, PeekConfig.DEFAULT.timeout()),
                peek.value("maxBytes", Values.size(1024, 1024 * 1024), PeekConfig.DEFAULT.maxBytes()));
    }

    private LimitsConfig limits(YamlMap map) {
        Node node = map.get("limits");
        if (node == null) {
            return LimitsConfig.DEFAULT;
        }
        YamlMap limits = YamlMap.of(node, LIMITS_KEYS, problems);
        LimitsConfig byDefault = LimitsConfig.DEFAULT;
        return new LimitsConfig(
                limits.value("threads", Values.number(1, 1024), byDefault.threads()),
                limits.value("handoffsInFlight", Values.number(1, 1_000_000), byDefault.handoffsInFlight()),
                limits.value("maxFailures", Values.number(1, 1_000_000), byDefault.maxFailures()),
                limits.value("failureWindow", Values::duration, byDefault.failureWindow()),
                limits.value("drainTimeout", Values::duration, byDefault.drainTimeout()));
    }
}
