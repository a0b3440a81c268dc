package io.handoff.netty.answer;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * Leaves little room in the kernel for the ACKs of a connection that may make many offers: a peer that reads none is
 * answered a few hundred times, and not thousands, before nothing more is read from it.
 *
 * <p>Once the peer has shut its writing side its offers are bounded by themselves, and the room is as large as it can be:
 * Netty's epoll transport closes a half-closed channel that has to wait for more.
 */
public final class UnreadAckLimit extends ChannelInboundHandlerAdapter {

    /** The kernel doubles it, and counts some 1 KiB beside the content of each write. */
    private static final int BYTES = 8 * 1024;

    /** Makes the limit of one channel. */
    public UnreadAckLimit() {}

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        setRoom(ctx, BYTES);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            // The kernel makes of it what net.core.wmem_max allows.
            setRoom(ctx, Integer.MAX_VALUE);
        }
        ctx.fireUserEventTriggered(event);
    }

    private static void setRoom(ChannelHandlerContext ctx, int bytes) {
        ctx.channel().config().setOption(ChannelOption.SO_SNDBUF, bytes);
    }
}
