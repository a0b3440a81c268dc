package io.handoff.spring.boot.takeover;

import io.handoff.netty.broker.BoundaryBuffer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionDecoder;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionEncoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.List;
import java.util.Optional;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The WebSockets of this application that can move: over HTTP/1.1, without TLS and without extensions, which keep what no descriptor
 * carries. The others are the web server's to close, as ever.
 */
final class MovableWebSockets {

    private static final AttributeKey<Movable> MOVABLE = AttributeKey.valueOf(MovableWebSockets.class, "movable");

    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final int maxUnreadBytes;

    /** One of them. */
    private record Movable(HttpServerRequest request, WebSocketSession session, WebSocketTraffic traffic) {}

    MovableWebSockets(int maxUnreadBytes) {
        this.maxUnreadBytes = maxUnreadBytes;
    }

    ChannelGroup connections() {
        return connections;
    }

    /**
     * Adds a WebSocket that was opened just now, if it can move. On its event loop, before anything of it is read.
     *
     * @return the session that the application shall have
     */
    WebSocketSession add(Channel channel, HttpServerRequest request, WebSocketSession session) {
        ChannelPipeline pipeline = channel.pipeline();
        ChannelHandlerContext decoder = pipeline.context(WebSocketFrameDecoder.class);
        ChannelHandlerContext encoder = pipeline.context(WebSocketFrameEncoder.class);
        if (decoder == null || encoder == null || !canMove(channel) || hasExtensions(pipeline)) {
            return session;
        }
        BoundaryBuffer buffer = new BoundaryBuffer(maxUnreadBytes);
        WebSocketTraffic traffic = new WebSocketTraffic(buffer);
        List<String> names = pipeline.names();
        boolean isDecoderLast = names.indexOf(decoder.name()) > names.indexOf(encoder.name());
        pipeline.addBefore(decoder.name(), null, buffer)
                .addAfter((isDecoderLast ? decoder : encoder).name(), null, traffic);
        CountedSession counted = new CountedSession(session, traffic);
        channel.attr(MOVABLE).set(new Movable(request, counted, traffic));
        connections.add(channel);
        return counted;
    }

    /** Whether WebSockets of a channel can move, as far as is known when a request comes. */
    static boolean canMove(Channel channel) {
        return channel.parent() instanceof ServerChannel && channel.pipeline().get(SslHandler.class) == null;
    }

    private static boolean hasExtensions(ChannelPipeline pipeline) {
        return pipeline.get(WebSocketExtensionDecoder.class) != null
                || pipeline.get(WebSocketExtensionEncoder.class) != null;
    }

    /** As {@code Departure} says. A client that cannot go is not read until it can. */
    static Optional<byte[]> stateOf(Channel connection, WebSocketDeparture departure) throws Exception {
        Movable webSocket = connection.attr(MOVABLE).get();
        Optional<byte[]> state = webSocket.traffic.isQuiet() ? departure.stateOf(webSocket.session) : Optional.empty();
        if (state.isEmpty()) {
            webSocket.traffic.pause(connection);
        } else {
            webSocket.traffic.goOn(connection);
        }
        String subProtocol = webSocket.session.getHandshakeInfo().getSubProtocol();
        return state.map(application ->
                WebSocketState.of(webSocket.request, subProtocol, application).toBytes());
    }

    /** Whether a handler of a WebSocket holds nothing, although it looks as if it might: Reactor Netty's pass everything on. */
    static boolean isTransparent(ChannelHandler handler) {
        return handler instanceof WebSocketTraffic
                || handler.getClass().getName().startsWith("reactor.netty.");
    }
}
