package io.handoff.reliability.sweep;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.Arrays;

/** Answers each byte of a client with the letter of the side that has the client, to the end of what it sends. */
@Sharable
final class AnsweringHandler extends SimpleChannelInboundHandler<ByteBuf> {

    private final Side side;

    AnsweringHandler(Side side) {
        this.side = side;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf questions) {
        byte[] answers = new byte[questions.readableBytes()];
        Arrays.fill(answers, side.answer());
        ctx.writeAndFlush(Unpooled.wrappedBuffer(answers));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            // Behind everything that was answered before.
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
