package io.handoff.reliability.death;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.token.HandoffToken;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Map;

/**
 * A client as the broker serves it: the first byte says where its handoff is to stand, and what follows is echoed, here
 * until some of it has been, and then by whoever has the connection.
 */
final class BrokerClient extends ChannelInboundHandlerAdapter {

    /** So many bytes are the broker's to echo: the stream of every client begins in one process and goes on in another. */
    static final int ECHOED_BEFORE_HANDOFF = 64;

    private final Map<HandoffStep, HandoffBroker> brokers;
    private final StepHolds holds;
    private HandoffStep destination;
    private int echoed;
    private boolean isOffered;

    BrokerClient(Map<HandoffStep, HandoffBroker> brokers, StepHolds holds) {
        this.brokers = brokers;
        this.holds = holds;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf bytes = (ByteBuf) msg;
        if (destination == null) {
            destination = HandoffStep.of(bytes.readByte());
        }
        echoed += bytes.readableBytes();
        ctx.writeAndFlush(bytes);
        if (!isOffered && echoed >= ECHOED_BEFORE_HANDOFF) {
            isOffered = true;
            holds.reach(HandoffStep.CLIENT_ACCEPTED, destination, ctx.executor(), () -> handOff(ctx));
        }
    }

    private void handOff(ChannelHandlerContext ctx) {
        brokers.get(destination)
                .handOff(ctx.channel(), destination.name(), HandoffToken.random(), 1)
                .addListener(outcome -> {
                    if (outcome.getNow() instanceof HandoffOutcome.Accepted) {
                        holds.reach(HandoffStep.COPY_CLOSED, destination, ctx.executor(), () -> {});
                    }
                });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
