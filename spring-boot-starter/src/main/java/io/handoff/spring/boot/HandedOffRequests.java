package io.handoff.spring.boot;

import io.handoff.netty.adoption.HandedOffConnection;
import io.netty.channel.Channel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.util.context.ContextView;

/**
 * Brings to the handlers of a request where its connection comes from: as trace context of the request, and in the Reactor context.
 *
 * <p>A {@code WebFilter} would come too late for the trace: the observation of a request reads its headers before the first filter.
 */
final class HandedOffRequests implements HttpHandlerDecoratorFactory {

    @Override
    public HttpHandler apply(HttpHandler handler) {
        return (request, response) -> {
            HandedOffConnection connection = connectionOf(request);
            return connection == null
                    ? handler.handle(request, response)
                    : handedOff(connection, handler.handle(TraceContext.of(connection, request), response));
        };
    }

    private static Mono<Void> handedOff(HandedOffConnection connection, Mono<Void> handled) {
        return handled.contextWrite(context -> context.put(HandedOffConnection.class, connection));
    }

    /** Where the connection of the request that is handled comes from; empty if the server has accepted it itself. */
    static Optional<HandedOffConnection> connectionIn(ContextView context) {
        return context.getOrEmpty(HandedOffConnection.class);
    }

    private static @Nullable HandedOffConnection connectionOf(ServerHttpRequest request) {
        return nativeRequestOf(request) instanceof Connection connection ? connectionOf(connection.channel()) : null;
    }

    private static @Nullable Object nativeRequestOf(ServerHttpRequest request) {
        try {
            return ServerHttpRequestDecorator.getNativeRequest(request);
        } catch (IllegalStateException | IllegalArgumentException e) {
            return null; // A test's mock.
        }
    }

    /** An HTTP/2 request has a channel of its own, whose parent is that of the connection. */
    private static @Nullable HandedOffConnection connectionOf(Channel channel) {
        for (Channel each = channel; each != null; each = each.parent()) {
            HandedOffConnection connection = each.attr(HandedOffConnection.KEY).get();
            if (connection != null) {
                return connection;
            }
        }
        return null;
    }
}
