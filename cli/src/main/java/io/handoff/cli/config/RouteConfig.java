package io.handoff.cli.config;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Conditions, of which all that are set have to hold, and the service of the clients that they fit.
 *
 * @param sni the server name of a TLS client, in lower case; {@code *.example.org} fits every name below it
 * @param alpn a protocol that a TLS client offers; {@code h2c} fits a client of HTTP/2 without TLS
 * @param host the host of the first HTTP/1 request, in lower case and without its port; with {@code *.} as {@code sni}
 * @param pathPrefix how the path of the first HTTP/1 request begins, by whole segments
 * @param service the name of the service
 */
public record RouteConfig(
        @Nullable String sni,
        @Nullable String alpn,
        @Nullable String host,
        @Nullable String pathPrefix,
        String service) {

    /** The conditions in one word, such as {@code sni=*.example.org,alpn=h2}. */
    public String conditions() {
        StringJoiner all = new StringJoiner(",");
        add(all, "sni", sni);
        add(all, "alpn", alpn);
        add(all, "host", host);
        add(all, "pathPrefix", pathPrefix);
        return all.toString();
    }

    private static void add(StringJoiner all, String name, @Nullable String value) {
        if (value != null) {
            all.add(name + "=" + value);
        }
    }
}
