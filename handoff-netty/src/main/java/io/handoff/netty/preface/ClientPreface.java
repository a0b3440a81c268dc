package io.handoff.netty.preface;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client says first. All of it is the client's word: it is good for choosing a backend, and proves nothing.
 *
 * <p><b>Names of hosts</b> are in one form, wherever they come from: in lower case, without a port and without a dot at the end, at most
 * 253 characters. An IPv6 address has no brackets and is in the short form of RFC 5952, such as {@code 2001:db8::1}. What is no name of a
 * host (longer, or with other characters than letters, digits, {@code -}, {@code _} and dots) is told as none.
 */
public sealed interface ClientPreface {

    /**
     * A TLS ClientHello, whole. The handshake is still to come, and is the backend's.
     *
     * @param serverName which server the client wants (SNI, RFC 6066); null if it does not say, or says no name of a host. The first,
     *     if there are several, which the protocol forbids
     * @param alpn the protocols that it offers (ALPN, RFC 7301), the preferred one first; empty if it offers none. An identifier is
     *     bytes: each character here is one
     */
    record Tls(@Nullable String serverName, List<String> alpn) implements ClientPreface {
        /**
         * Copies the list.
         *
         * @param serverName which server the client wants
         * @param alpn the protocols that it offers
         */
        public Tls {
            alpn = List.copyOf(alpn);
        }
    }

    /**
     * The request line and the headers of an HTTP/1.0 or 1.1 request, whole.
     *
     * @param method as it came, such as {@code GET}
     * @param path the path of what is requested, without the query, as it came: neither decoded nor resolved. {@code *} if that is what is
     *     requested, and empty for {@code CONNECT}
     * @param host which host is asked: that of the request line where it names one, as to a proxy, else that of the {@code Host} header;
     *     null if there is none, or if it is no name of a host
     */
    record Http1(String method, String path, @Nullable String host) implements ClientPreface {}

    /** The preface of HTTP/2 without TLS (RFC 9113, section 3.4). Which host is asked comes later. */
    record Http2() implements ClientPreface {}

    /**
     * Bytes that are none of these: of another protocol; a ClientHello or a request that is malformed, names two hosts in its headers, or
     * is too long to be looked at; or one that was not whole when the time was over, or when the client ended its side.
     */
    record Other() implements ClientPreface {}

    /** Nothing came in time. So it is with every client that waits for the server to speak. */
    record Silent() implements ClientPreface {}
}
