package io.handoff.reliability.closing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

/** Answers a client with the letter of who serves it. */
final class Answering extends SimpleChannelInboundHandler<ByteBuf> {

    static final byte BROKER = 'b';
    static final byte BACKEND = 'B';

    private final byte answer;

    Answering(byte answer) {
        this.answer = answer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf question) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {answer}));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
