package io.handoff.cli.broker;

import io.handoff.cli.config.RouteConfig;
import io.handoff.netty.preface.ClientPreface;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the route of a client by what it says first. The first route that fits decides. */
record RouteTable(List<RouteConfig> routes) {

    /** What clients of HTTP/2 without TLS are asked for as: the name that is reserved for it among the protocols of TLS. */
    private static final String CLEARTEXT_HTTP2 = "h2c";

    private static final String ANY_BELOW = "*.";

    /** The first that fits; null if none does. */
    @Nullable
    RouteConfig find(ClientPreface preface) {
        for (RouteConfig route : routes) {
            if (fits(route, preface)) {
                return route;
            }
        }
        return null;
    }

    private static boolean fits(RouteConfig route, ClientPreface preface) {
        if (preface instanceof ClientPreface.Tls tls) {
            return route.host() == null
                    && route.pathPrefix() == null
                    && fits(route.sni(), tls.serverName())
                    && (route.alpn() == null || tls.alpn().contains(route.alpn()));
        }
        if (preface instanceof ClientPreface.Http1 request) {
            return route.sni() == null
                    && route.alpn() == null
                    && fits(route.host(), request.host())
                    && (route.pathPrefix() == null || isBelow(request.path(), route.pathPrefix()));
        }
        return preface instanceof ClientPreface.Http2 && route.sni() == null && CLEARTEXT_HTTP2.equals(route.alpn());
    }

    /** Whether a name is the one asked for, or below it. */
    private static boolean fits(@Nullable String pattern, @Nullable String name) {
        if (pattern == null) {
            return true;
        }
        return name != null
                && (pattern.startsWith(ANY_BELOW) ? name.endsWith(pattern.substring(1)) : name.equals(pattern));
    }

    /** By whole segments: {@code /api} has {@code /api/x} below it, and not {@code /apix}. */
    private static boolean isBelow(String path, String prefix) {
        return path.startsWith(prefix)
                && (prefix.endsWith("/") || path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }
}
