package io.handoff.cli.broker;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/**
 * Stops accepting while there are so many clients of one listener; the next ones wait in its backlog. First on the channel that
 * accepts.
 */
final class AcceptLimit extends ChannelInboundHandlerAdapter {

    private final IntSupplier most;
    private final AtomicInteger open = new AtomicInteger();

    AcceptLimit(IntSupplier most) {
        this.most = most;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        if (open.incrementAndGet() >= most.getAsInt()) {
            ctx.channel().config().setAutoRead(false);
        }
        Channel client = (Channel) accepted;
        client.closeFuture().addListener(closed -> {
            open.decrementAndGet();
            reconsider(ctx.channel());
        });
        ctx.fireChannelRead(accepted);
    }

    /** To be called when there are fewer, or may be more. From any thread. */
    void reconsider(Channel listening) {
        if (open.get() < most.getAsInt() && !listening.config().isAutoRead() && listening.isOpen()) {
            listening.config().setAutoRead(true);
        }
    }
}
