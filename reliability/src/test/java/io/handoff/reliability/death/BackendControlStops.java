package io.handoff.reliability.death;

import io.handoff.netty.answer.HandoffOfferHandler;
import io.handoff.netty.wire.Offer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/** The steps of the backend's side. The offer has the name of the step to stand at as its service. */
final class BackendControlStops extends ControlStops {

    private boolean anyRead;

    BackendControlStops(StepHolds holds) {
        super(holds);
    }

    /** The library's handlers are in the pipeline by now. */
    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        String offers = ctx.pipeline().context(HandoffOfferHandler.class).name();
        ctx.pipeline().addBefore(offers, null, new OfferStop());
        ctx.fireChannelRegistered();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!anyRead) {
            anyRead = true;
            holds().count(HandoffStep.OFFER_HALF);
        }
        ctx.fireChannelRead(msg);
    }

    @Override
    void firstWrite(ChannelHandlerContext ctx, ByteBuf ack, ChannelPromise promise) {
        ChannelPromise written = ctx.newPromise();
        written.addListener(done -> {
            if (done.isSuccess()) {
                reach(ctx, HandoffStep.ACK_WRITTEN, () -> tellOfAck(ctx, promise));
            } else {
                promise.setFailure(done.cause());
            }
        });
        reach(ctx, HandoffStep.ADOPTED, () -> writeInHalves(ctx, ack, HandoffStep.ACK_HALF, written));
    }

    /** The gate opens. While a broker stands with its ACK, its control connection must not end behind the ACK. */
    private void tellOfAck(ChannelHandlerContext ctx, ChannelPromise promise) {
        promise.setSuccess();
        reach(ctx, HandoffStep.ACK_RECEIVED, () -> {});
    }

    /** Stands between the offer's validation and its judgement. */
    private final class OfferStop extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof Offer offer) {
                goTo(HandoffStep.valueOf(offer.serviceName()));
                holds().reach(HandoffStep.OFFER_READ, destination(), ctx.executor(), () -> ctx.fireChannelRead(offer));
            } else {
                ctx.fireChannelRead(msg);
            }
        }
    }
}
