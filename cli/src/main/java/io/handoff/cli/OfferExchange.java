package io.handoff.cli;

import io.handoff.netty.HandoffPipeline;
import io.handoff.netty.TracedOffer;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
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
final class OfferExchange extends SimpleChannelInboundHandler<HandoffAck> {

    private final HandoffOffer offer;
    private final Duration timeout;
    private final Promise<OfferAnswer> answer;

    OfferExchange(HandoffOffer offer, Duration timeout, Promise<OfferAnswer> answer) {
        super(HandoffAck.class);
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
        ctx.writeAndFlush(TracedOffer.untraced(offer)).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HandoffAck ack) {
        end(
                ctx,
                ack.getAccepted()
                        ? new OfferAnswer.Accepted(correlationId())
                        : new OfferAnswer.Rejected(correlationId(), ack.getErrorDetail()));
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
        return Long.toUnsignedString(offer.getCorrelationId());
    }
}
