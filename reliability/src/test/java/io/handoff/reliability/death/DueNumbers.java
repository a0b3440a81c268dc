package io.handoff.reliability.death;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/** Ends a connection whose client does not go on with the number that its state says. */
final class DueNumbers extends ChannelInboundHandlerAdapter {

    private int due;

    DueNumbers(int due) {
        this.due = due;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf number = (ByteBuf) msg;
        if (number.getInt(number.readerIndex()) == due) {
            due++;
            ctx.fireChannelRead(number);
        } else {
            ReferenceCountUtil.release(msg);
            ctx.close();
        }
    }
}
