package io.handoff.benchmarks.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

/**
 * One connection: sends a ClientHello, waits for the whole of its echo, and goes on with short requests if it is to stay. Nothing
 * is encrypted, as no way would do that for its client.
 */
final class Client extends SimpleChannelInboundHandler<ByteBuf> {

    private static final ByteBuf HELLO = ClientHello.create();

    /** A short request. */
    private static final ByteBuf REQUEST =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer(64).writeZero(64).asReadOnly());

    /** Who counts. */
    interface Records {
        /** It got its first echo, so long after its connect began. Returns whether it stays, or whoever counts closes it. */
        boolean first(Channel client, long tookNanos);

        /** It got another echo, so long after it asked for it. */
        void later(long tookNanos);

        /** The connection has come to nothing. */
        void failed(String why);
    }

    private final Records records;
    private long startNanos;
    private int missing;
    private boolean hasEcho;
    private boolean isOver;

    /** Takes when its connect began. */
    Client(long startNanos, Records records) {
        this.startNanos = startNanos;
        this.records = records;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        send(ctx, HELLO);
    }

    private void send(ChannelHandlerContext ctx, ByteBuf request) {
        missing = request.readableBytes();
        ctx.writeAndFlush(request.duplicate());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf echo) {
        missing -= echo.readableBytes();
        if (missing > 0) {
            return;
        }
        long tookNanos = System.nanoTime() - startNanos;
        if (hasEcho) {
            records.later(tookNanos);
        } else {
            hasEcho = true;
            isOver = !records.first(ctx.channel(), tookNanos);
        }
        if (!isOver) {
            startNanos = System.nanoTime();
            send(ctx, REQUEST);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        over(String.valueOf(cause));
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        over("the connection was closed");
    }

    private void over(String why) {
        if (!isOver) {
            isOver = true;
            records.failed(why);
        }
    }
}
