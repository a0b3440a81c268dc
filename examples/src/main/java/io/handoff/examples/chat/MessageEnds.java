package io.handoff.examples.chat;

import io.handoff.netty.broker.BoundaryBuffer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * Stands right behind the WebSocket decoder, and tells the {@link BoundaryBuffer} before it where each message ends. A message may come in
 * fragments, of which the first ones have been parsed when the connection moves: then the next release parses all of them again. A ping that
 * came between two of them is answered twice, which RFC 6455 (5.5.3) allows.
 */
final class MessageEnds extends ChannelInboundHandlerAdapter {

    private boolean isAmongFragments;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        boolean isControl = msg instanceof PingWebSocketFrame
                || msg instanceof PongWebSocketFrame
                || msg instanceof CloseWebSocketFrame;
        if (!isControl) {
            isAmongFragments = !((WebSocketFrame) msg).isFinalFragment();
        }
        if (!isAmongFragments) {
            ctx.pipeline().get(BoundaryBuffer.class).boundary();
        }
        ctx.fireChannelRead(msg);
    }
}
