package io.handoff.netty.answer;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * The time on one connection, by the ticker of its event loop: looked at once for all that is read together, as reading the clock
 * is dear among so many small things. The offers are judged at that time, and their ACKs leave at it.
 */
final class ReadClock extends ChannelInboundHandlerAdapter {

    private boolean isReading;
    private long readAtNanos;

    /** The time; while something is read, the time when that began. */
    long nowNanos(ChannelHandlerContext anyOfTheChannel) {
        return isReading ? readAtNanos : tickerNanos(anyOfTheChannel);
    }

    /** The time, whatever is read. */
    static long tickerNanos(ChannelHandlerContext anyOfTheChannel) {
        return anyOfTheChannel.executor().ticker().nanoTime();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!isReading) {
            isReading = true;
            readAtNanos = tickerNanos(ctx);
        }
        ctx.fireChannelRead(msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        isReading = false;
    }
}
