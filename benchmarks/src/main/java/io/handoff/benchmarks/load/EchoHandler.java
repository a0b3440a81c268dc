package io.handoff.benchmarks.load;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** The service behind every server that is measured: sends back what comes. */
@Sharable
public final class EchoHandler extends ChannelInboundHandlerAdapter {

    /** The one instance; it has no state. */
    public static final EchoHandler INSTANCE = new EchoHandler();

    private EchoHandler() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ctx.write(msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A client that has gone before its echo came; the measurement is over.
        ctx.close();
    }
}
