package io.handoff.reliability.death;

import io.handoff.netty.adoption.HandedOffConnection;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.FixedLengthFrameDecoder;
import java.nio.ByteBuffer;

/** A client as the backend serves it: nothing is read before the handoff may go on from the open gate, then all is echoed. */
final class AdoptedEcho extends ChannelInboundHandlerAdapter {

    private final StepHolds holds;
    private final HandoffStep destination;
    private boolean anyServed;

    private AdoptedEcho(StepHolds holds, HandoffStep destination) {
        this.holds = holds;
        this.destination = destination;
    }

    static ChannelInitializer<Channel> initializer(StepHolds holds) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel client) {
                client.config().setAutoRead(false);
                ByteBuffer state = client.attr(HandedOffConnection.KEY).get().state();
                if (state.hasRemaining()) {
                    client.pipeline()
                            .addLast(new FixedLengthFrameDecoder(Integer.BYTES))
                            .addLast(new DueNumbers(state.getInt()));
                }
                client.pipeline().addLast(new AdoptedEcho(holds, destination(client)));
            }
        };
    }

    static HandoffStep destination(Channel adopted) {
        return HandoffStep.valueOf(adopted.attr(HandedOffConnection.KEY).get().serviceName());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        holds.noteIfTooEarly(HandoffStep.GATE_OPEN, destination);
        holds.reach(
                HandoffStep.GATE_OPEN,
                destination,
                ctx.executor(),
                () -> ctx.channel().config().setAutoRead(true));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        boolean isFirst = !anyServed;
        anyServed = true;
        ctx.writeAndFlush(msg).addListener(written -> {
            if (isFirst && written.isSuccess()) {
                holds.reach(HandoffStep.FIRST_BYTES, destination, ctx.executor(), () -> {});
            }
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
