package io.handoff.netty.answer;

import io.handoff.netty.wire.HandoffFrameDecoder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Lets the {@link DrainEvent} take its place in the stream: behind the first frame of the connection, and behind one that has begun
 * to arrive. Stands behind the frame decoder.
 */
final class DrainHandler extends ChannelInboundHandlerAdapter {

    private final HandoffFrameDecoder frames;
    private boolean requested;

    DrainHandler(HandoffFrameDecoder frames) {
        this.frames = frames;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == DrainEvent.INSTANCE) {
            requested = true;
            passWhenDue(ctx);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        passWhenDue(ctx);
    }

    private void passWhenDue(ChannelHandlerContext ctx) {
        if (requested && frames.anyDecoded() && !frames.isInsideFrame()) {
            requested = false;
            ctx.fireUserEventTriggered(DrainEvent.INSTANCE);
        }
    }
}
