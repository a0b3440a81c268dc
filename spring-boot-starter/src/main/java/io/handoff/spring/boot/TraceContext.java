package io.handoff.spring.boot;

import io.handoff.netty.adoption.HandedOffConnection;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Gives a request that has no trace context that of the handoff of its connection (W3C Trace Context), as a proxy would do. */
final class TraceContext {

    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";

    /** What the tracing of Spring Boot looks for: W3C, and both forms of B3. */
    private static final List<String> OF_THE_REQUEST = List.of(TRACEPARENT, "b3", "X-B3-TraceId");

    /** Anything else is a peer's free text, and is not passed on. */
    private static final Pattern VALID_PARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private static final Pattern VALID_STATE = Pattern.compile("[ -~]{1,512}");

    private TraceContext() {}

    /** The request with it, or as it is. */
    static ServerHttpRequest of(HandedOffConnection connection, ServerHttpRequest request) {
        if (!VALID_PARENT.matcher(connection.traceparent()).matches()
                || OF_THE_REQUEST.stream().anyMatch(request.getHeaders()::containsHeader)) {
            return request;
        }
        ServerHttpRequest.Builder traced = request.mutate().header(TRACEPARENT, connection.traceparent());
        if (VALID_STATE.matcher(connection.tracestate()).matches()) {
            traced.header(TRACESTATE, connection.tracestate());
        }
        return traced.build();
    }
}
