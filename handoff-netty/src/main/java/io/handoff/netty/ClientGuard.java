package io.handoff.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import org.jspecify.annotations.Nullable;

/**
 * Stands first in the pipeline of a client whose connection is being handed off, between the socket and every other
 * handler. It notices bytes that were read all the same, keeps what the program writes and lets the handlers see nothing
 * of the channel leaving its event loop. Once removed it passes on what it has kept; if the channel is closed by then,
 * these writes fail.
 */
final class ClientGuard extends ChannelDuplexHandler {

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable PendingWriteQueue writes;
    private boolean anyBytesRead;

    /** Where operations on the channel begin that no handler shall see. */
    ChannelHandlerContext ctx() {
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }

    /** Whether bytes of the client have gone up the pipeline: the connection has lost its beginning. */
    boolean anyBytesRead() {
        return anyBytesRead;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        writes = new PendingWriteQueue(ctx);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (writes != null && !writes.isEmpty()) {
            writes.removeAndWriteAll();
        }
        // Also for what was written before and has not left yet.
        ctx.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        anyBytesRead = true;
        ctx.fireChannelRead(msg);
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        // Whoever removes the guard asks for reading again.
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (writes != null) {
            writes.add(msg, promise);
        }
    }

    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        // The handlers have not seen it leave.
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        Channel client = ctx.channel();
        if (!client.isOpen()) {
            ctx.fireChannelUnregistered();
        }
    }
}
