package io.handoff.cli.offer;

import io.handoff.netty.broker.HandoffBrokerPipeline;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.Offer;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One offer and its answer, on a connection of their own: the last handler behind
 * {@link HandoffBrokerPipeline#add the broker's}. The first thing that happens decides the answer, and closes the
 * connection.
 */
final class OfferExchange extends SimpleChannelInboundHandler<HandoffAnswer> {

    static final String UNREAD = "the backend closed the connection without reading the offer; if it takes over"
            + " connections, add --descriptor, else its log says why";

    private final Offer offer;
    private final Duration timeout;
    private final Promise<OfferAnswer> answer;

    OfferExchange(Offer offer, Duration timeout, Promise<OfferAnswer> answer) {
        super(HandoffAnswer.class);
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
    protected void channelRead0(ChannelHandlerContext ctx, HandoffAnswer answer) {
        end(
                ctx,
                answer instanceof HandoffAnswer.Rejected rejected
                        ? new OfferAnswer.Rejected(
                                correlationId(), rejected.rejection().detail())
                        : new OfferAnswer.Accepted(correlationId(), null));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        noAnswer(ctx, isUnread(cause) ? UNREAD : String.valueOf(cause.getMessage()));
    }

    /** Whoever closes a connection of which it has not read everything resets it; a later write meets a broken pipe. */
    private static boolean isUnread(Throwable cause) {
        return cause instanceof NativeIoException error
                && (error.expectedErr() == Errors.ERRNO_ECONNRESET_NEGATIVE
                        || error.expectedErr() == Errors.ERRNO_EPIPE_NEGATIVE);
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
