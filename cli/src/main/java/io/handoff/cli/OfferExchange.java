package io.handoff.cli;

import io.handoff.netty.HandoffAcceptance;
import io.handoff.netty.HandoffPipeline;
import io.handoff.netty.Offer;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One offer and its answer, on a connection of their own: the last handler behind
 * {@link HandoffPipeline#addBroker the broker's}. The first thing that happens decides the answer, and closes the
 * connection.
 */
final class OfferExchange extends SimpleChannelInboundHandler<HandoffAcceptance> {

    private final Offer offer;
    private final Duration timeout;
    private final Promise<OfferAnswer> answer;

    OfferExchange(Offer offer, Duration timeout, Promise<OfferAnswer> answer) {
        super(HandoffAcceptance.class);
        this.offer = offer;
        this.timeout = timeout;
        this.answer = answer;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.executor()
                .schedule(
                        () -> noAnswer(ctx, "no ACK within " + timeout.toMillis() + " ms"),
                        timeout.toNanos(),
                        TimeUnit.NANOSECONDS);
        ctx.writeAndFlush(offer).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HandoffAcceptance acceptance) {
        end(
                ctx,
                acceptance instanceof HandoffAcceptance.Rejected rejected
                        ? new OfferAnswer.Rejected(
                                correlationId(), rejected.rejection().detail())
                        : new OfferAnswer.Accepted(correlationId(), null));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        noAnswer(ctx, String.valueOf(cause.getMessage()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        noAnswer(ctx, "the backend closed the connection without an ACK");
    }

    private void noAnswer(ChannelHandlerContext ctx, String why) {
        end(ctx, new OfferAnswer.NoAnswer(correlationId(), why));
    }

    private void end(ChannelHandlerContext ctx, OfferAnswer outcome) {
        answer.trySuccess(outcome);
        ctx.close();
    }

    private String correlationId() {
        return Long.toUnsignedString(offer.correlationId());
    }
}
