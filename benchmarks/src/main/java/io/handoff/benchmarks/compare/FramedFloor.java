package io.handoff.benchmarks.compare;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** The floor for offers without descriptors: an ACK for so many bytes, written together for what was read together. */
final class FramedFloor extends ChannelInboundHandlerAdapter {

    private int unanswered;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf bytes = (ByteBuf) msg;
        unanswered += bytes.readableBytes();
        bytes.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        for (int offers = unanswered / FloorFrames.OFFER_LENGTH; offers > 0; offers -= FloorFrames.MAX_BATCH) {
            ctx.write(FloorFrames.acks(Math.min(offers, FloorFrames.MAX_BATCH)));
        }
        unanswered %= FloorFrames.OFFER_LENGTH;
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The generator has gone; the measurement is over.
        ctx.close();
    }
}
