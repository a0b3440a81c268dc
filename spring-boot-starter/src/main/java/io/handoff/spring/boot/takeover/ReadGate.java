package io.handoff.spring.boot.takeover;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Stands first in a pipeline and lets nothing of the client through, from the request that opens a WebSocket until everything is in place that is to
 * see the frames. An application may take its time for that request, and on other threads.
 */
class ReadGate extends ChannelDuplexHandler {

    private final Queue<Object> held = new ArrayDeque<>();
    private boolean isReadRequested;

    /** Shuts the gate before a channel, unless there is one. From any thread. */
    static void shut(Channel channel) {
        if (channel.pipeline().get(ReadGate.class) == null) {
            channel.pipeline().addFirst(new ReadGate());
        }
    }

    /** Opens the gate before a channel, if there is one. From any thread. */
    static void open(Channel channel) {
        ReadGate gate = channel.pipeline().get(ReadGate.class);
        if (gate != null) {
            if (channel.eventLoop().inEventLoop()) {
                gate.leave(channel);
            } else {
                channel.eventLoop().execute(() -> open(channel));
            }
        }
    }

    private void leave(Channel channel) {
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        while (!held.isEmpty()) {
            ctx.fireChannelRead(held.remove());
        }
        ctx.fireChannelReadComplete();
        channel.pipeline().remove(this);
        if (isReadRequested) {
            channel.read();
        }
    }

    /** Takes back what was asked for before a handler was there that keeps requests to read. */
    static void takeBackReads(ChannelConfig config) {
        boolean autoRead = config.isAutoRead();
        // Only switching it off takes back what was asked for.
        config.setAutoRead(!autoRead).setAutoRead(autoRead);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        takeBackReads(ctx.channel().config());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        held.forEach(ReferenceCountUtil::release);
        held.clear();
    }

    /** What was asked for before this was here. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        held.add(msg);
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        isReadRequested = true;
    }
}
