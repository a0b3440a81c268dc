package io.handoff.netty.preface;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Stands first in the pipeline of a client whose first bytes are awaited, between the socket and every other handler. The handlers see
 * nothing of the channel leaving its event loop. It notices bytes that are read all the same, and has the channel with its event loop again
 * before the program closes it, so that Netty ends it as usual.
 */
final class PeekGuard extends ChannelDuplexHandler {

    /** Is told what happens to the channel. */
    interface Watcher {

        /** Bytes are read that were to stay in the socket. */
        void bytesRead();

        /** The program closes the channel, and waits for it to be closed by this. */
        void closing(Runnable close);
    }

    private final Watcher watcher;

    PeekGuard(Watcher watcher) {
        this.watcher = watcher;
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

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        watcher.bytesRead();
        ctx.fireChannelRead(msg);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        watcher.closing(() -> ctx.close(promise));
    }
}
