package io.handoff.spring.boot.takeover;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * What travels with a WebSocket: a line that says so, the head of the request that has opened it, as in HTTP/1.1, and what the application wants its
 * successor to know.
 */
final class WebSocketState {

    private static final String KIND = "HANDOFF-WEBSOCKET/1\r\n";
    private static final String END_OF_LINE = "\r\n";
    private static final String END_OF_HEAD = END_OF_LINE + END_OF_LINE;

    private final byte[] request;
    private final byte[] application;

    private WebSocketState(byte[] request, byte[] application) {
        this.request = request;
        this.application = application;
    }

    /**
     * Takes the request that has opened a WebSocket. A resumed one has the subprotocol that was agreed on, no extensions, and the head has
     * no body behind it.
     */
    static WebSocketState of(HttpServerRequest request, @Nullable String subProtocol, byte[] application) {
        HttpHeaders headers = request.requestHeaders()
                .copy()
                .remove(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)
                .remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)
                .remove(HttpHeaderNames.CONTENT_LENGTH)
                .remove(HttpHeaderNames.TRANSFER_ENCODING);
        if (subProtocol != null) {
            headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, subProtocol);
        }
        StringBuilder head = new StringBuilder()
                .append(request.method().name())
                .append(' ')
                .append(request.uri())
                .append(' ')
                .append(request.version().text())
                .append(END_OF_LINE);
        headers.forEach(header -> head.append(header.getKey())
                .append(": ")
                .append(header.getValue())
                .append(END_OF_LINE));
        return new WebSocketState(head.append(END_OF_LINE).toString().getBytes(ISO_8859_1), application);
    }

    /** The head of the request, with its empty line. */
    byte[] request() {
        return request;
    }

    /** What the application has sent along; may be empty. */
    byte[] application() {
        return application;
    }

    byte[] toBytes() {
        byte[] kind = KIND.getBytes(ISO_8859_1);
        return ByteBuffer.allocate(kind.length + request.length + application.length)
                .put(kind)
                .put(request)
                .put(application)
                .array();
    }

    /** Reads what came with a connection; empty if that is something else. */
    static Optional<WebSocketState> of(ByteBuffer state) {
        byte[] bytes = new byte[state.remaining()];
        state.get(bytes);
        String text = new String(bytes, ISO_8859_1);
        int end = text.indexOf(END_OF_HEAD) + END_OF_HEAD.length();
        if (!text.startsWith(KIND) || end < END_OF_HEAD.length()) {
            return Optional.empty();
        }
        return Optional.of(new WebSocketState(
                text.substring(KIND.length(), end).getBytes(ISO_8859_1),
                text.substring(end).getBytes(ISO_8859_1)));
    }
}
