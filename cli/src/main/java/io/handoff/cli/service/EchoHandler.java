package io.handoff.cli.service;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;

/**
 * The service of this command: sends back what comes. A client that ends its input gets the rest, and then the end. One
 * that sends without reading is not read from either, so that nothing piles up here.
 */
@Sharable
public final class EchoHandler extends ChannelInboundHandlerAdapter {

    public static final EchoHandler INSTANCE = new EchoHandler();

    private EchoHandler() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ctx.write(msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
        // Comes before the end of the input is told. Where nothing is left to be sent that end closes the channel at
        // once.
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, !isAllSent(ctx));
    }

    private static boolean isAllSent(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer due = ctx.channel().unsafe().outboundBuffer();
        return due == null || due.isEmpty();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        DuplexChannel channel = (DuplexChannel) ctx.channel();
        // To ask for more once the input has ended makes Netty's epoll transport fail the channel.
        if (!channel.isInputShutdown()) {
            channel.config().setAutoRead(channel.isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            // Behind everything that was written before.
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A client that resets its connection is no news.
        ctx.close();
    }
}
