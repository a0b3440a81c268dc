package io.handoff.reliability.death;

import io.handoff.netty.broker.BoundaryBuffer;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.takeover.HandoffTakeover;
import io.handoff.netty.takeover.TakeoverReport;
import io.handoff.netty.token.HandoffToken;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A client as the broker serves it: what it sends is echoed, here until some of it has been, and then by whoever has the connection.
 */
final class BrokerClient extends ChannelInboundHandlerAdapter {

    /** So many bytes are the broker's to echo: the stream of every client begins in one process and goes on in another. */
    static final int ECHOED_BEFORE_HANDOFF = 64;

    private final Opening opening;
    private final HandoffBroker broker;
    private final StepHolds holds;
    private int echoed;
    private boolean isOffered;

    BrokerClient(Opening opening, HandoffBroker broker, StepHolds holds) {
        this.opening = opening;
        this.broker = broker;
        this.holds = holds;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        echoed += ((ByteBuf) msg).readableBytes();
        if (opening.way() == Way.TAKEOVER) {
            ctx.pipeline().get(BoundaryBuffer.class).boundary();
        }
        ctx.writeAndFlush(msg);
        if (!isOffered && echoed >= ECHOED_BEFORE_HANDOFF) {
            isOffered = true;
            holds.reach(HandoffStep.CLIENT_ACCEPTED, opening.destination(), ctx.executor(), () -> leave(ctx));
        }
    }

    private void leave(ChannelHandlerContext ctx) {
        switch (opening.way()) {
            case HANDOFF -> handOff(ctx);
            case TAKEOVER -> move(ctx);
        }
    }

    private void handOff(ChannelHandlerContext ctx) {
        broker.handOff(ctx.channel(), opening.destination().name(), HandoffToken.random(), 1)
                .addListener(outcome -> {
                    if (outcome.getNow() instanceof HandoffOutcome.Accepted) {
                        copyClosed(ctx);
                    }
                });
    }

    /** A takeover of its own, because the connections of one do not stand at different steps. */
    private void move(ChannelHandlerContext ctx) {
        ChannelGroup one = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        one.add(ctx.channel());
        HandoffTakeover takeover = HandoffTakeover.builder(broker, one)
                .serviceName(opening.destination().name())
                .departure(client -> Optional.of(nextNumber()))
                .awaitSuccessor(StepBroker.TIMEOUT)
                .deadline(StepBroker.TIMEOUT)
                .start();
        ctx.channel().closeFuture().addListener(closed -> takeover.cancel());
        takeover.report().addListener((FutureListener<TakeoverReport>) ended -> {
            if (ended.getNow().moved() > 0) {
                copyClosed(ctx);
            }
        });
    }

    private byte[] nextNumber() {
        return ByteBuffer.allocate(Integer.BYTES).putInt(echoed / Integer.BYTES).array();
    }

    private void copyClosed(ChannelHandlerContext ctx) {
        holds.reach(HandoffStep.COPY_CLOSED, opening.destination(), ctx.executor(), () -> {});
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
