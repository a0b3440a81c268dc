package io.handoff.spring.boot.takeover;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Comes before the application's adapter of WebSocket handlers, and gives that one handlers whose sessions know what has come with them, and can move on
 * if there is a successor.
 */
final class MovableWebSocketAdapter implements HandlerAdapter, Ordered {

    private final @Nullable MovableWebSockets webSockets;
    private final ObjectProvider<WebSocketHandlerAdapter> adapters;

    MovableWebSocketAdapter(@Nullable MovableWebSockets webSockets, ObjectProvider<WebSocketHandlerAdapter> adapters) {
        this.webSockets = webSockets;
        this.adapters = adapters;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public boolean supports(Object handler) {
        return handler instanceof WebSocketHandler && adapter(handler).isPresent();
    }

    private Optional<WebSocketHandlerAdapter> adapter(Object handler) {
        return adapters.orderedStream()
                .filter(adapter -> adapter.supports(handler))
                .findFirst();
    }

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        WebSocketHandlerAdapter adapter = adapter(handler).orElseThrow();
        if (!(nativeRequestOf(exchange.getRequest()) instanceof HttpServerRequest request)
                || !(request instanceof Connection connection)) {
            return adapter.handle(exchange, handler);
        }
        Channel channel = connection.channel();
        if (webSockets != null && MovableWebSockets.canMove(channel)) {
            ReadGate.shut(channel);
        }
        return adapter.handle(exchange, new MovableHandler((WebSocketHandler) handler, channel, request))
                .doFinally(ended -> ReadGate.open(channel));
    }

    private static Object nativeRequestOf(ServerHttpRequest request) {
        try {
            return ServerHttpRequestDecorator.getNativeRequest(request);
        } catch (IllegalStateException | IllegalArgumentException e) {
            return request; // A test's mock.
        }
    }

    private final class MovableHandler implements WebSocketHandler {

        private final WebSocketHandler handler;
        private final Channel channel;
        private final HttpServerRequest request;

        MovableHandler(WebSocketHandler handler, Channel channel, HttpServerRequest request) {
            this.handler = handler;
            this.channel = channel;
            this.request = request;
        }

        @Override
        public List<String> getSubProtocols() {
            return handler.getSubProtocols();
        }

        /** On the channel's event loop: it may be another thread that has waited for the WebSocket to be open. */
        @Override
        public Mono<Void> handle(WebSocketSession session) {
            EventLoop loop = channel.eventLoop();
            Mono<Void> handled = Mono.defer(() -> handler.handle(opened(session)));
            return loop.inEventLoop() ? handled : handled.subscribeOn(Schedulers.fromExecutor(loop));
        }

        private WebSocketSession opened(WebSocketSession session) {
            ResumedWebSocket.stateOf(channel)
                    .ifPresent(state -> session.getAttributes().put(WebSocketDeparture.STATE_ATTRIBUTE, state));
            WebSocketSession opened = webSockets == null ? session : webSockets.add(channel, request, session);
            // In a task behind this one: the handler asks for messages first, and with that Spring has fragments
            // joined.
            channel.eventLoop().execute(() -> ReadGate.open(channel));
            return opened;
        }
    }
}
