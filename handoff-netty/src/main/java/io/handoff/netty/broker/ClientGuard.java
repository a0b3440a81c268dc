package io.handoff.netty.broker;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import org.jspecify.annotations.Nullable;

/**
 * Stands first in the pipeline of a client whose connection is being handed off, between the socket and every other
 * handler. It keeps the program's requests for reading and notices bytes that were read all the same, keeps what the program
 * writes and lets the handlers see nothing of the channel leaving its event loop. Once removed it passes on the writes that
 * it has kept; if the channel is closed by then, they fail.
 */
final class ClientGuard extends ChannelDuplexHandler {

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable PendingWriteQueue writes;
    private boolean anyBytesRead;
    private boolean readRequested;

    boolean isAdded() {
        return ctx != null;
    }

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

    /** Makes as if the program had asked for a read while it does not read by itself. */
    void requestRead() {
        readRequested = true;
    }

    /** Whether the program has asked for a read that it has not got, apart from reading by itself. */
    boolean isReadRequested() {
        return readRequested;
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
        // Whoever removes the guard asks for it again. With autoRead on it is nobody's request, and takes back any
        // before.
        readRequested = !ctx.channel().config().isAutoRead();
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
