package io.handoff.netty.answer;

import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.WireErrors;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives each exchange a deadline, by one timer for the life of the connection: when it fires it looks how much of the time is left,
 * so an offer costs no timer of its own.
 *
 * <p>A connection whose time runs out between two offers is closed without an error.
 */
final class OfferDeadlineHandler extends ChannelHandlerAdapter {

    private final Duration deadline;
    private final Duration elapsed;
    private final HandoffFrameDecoder frames;
    private final AckProgress progress;

    private @Nullable Future<?> timer;

    /**
     * Takes the deadline, how much of it is over when the handler is added, the decoder that knows whether a frame has begun to
     * arrive, and how far the answers are.
     */
    OfferDeadlineHandler(Duration deadline, Duration elapsed, HandoffFrameDecoder frames, AckProgress progress) {
        this.deadline = deadline;
        this.elapsed = elapsed;
        this.frames = frames;
        this.progress = progress;
    }

    /** How far the answers are that the deadline waits for. */
    AckProgress progress() {
        return progress;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        progress.begin(ReadClock.tickerNanos(ctx) - elapsed.toNanos());
        schedule(ctx, deadline.minus(elapsed).toNanos());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void schedule(ChannelHandlerContext ctx, long delayNanos) {
        timer = ctx.executor().schedule(() -> check(ctx), delayNanos, TimeUnit.NANOSECONDS);
    }

    private void check(ChannelHandlerContext ctx) {
        long leftNanos = progress.beganAtNanos() + deadline.toNanos() - ReadClock.tickerNanos(ctx);
        if (leftNanos > 0) {
            schedule(ctx, leftNanos);
        } else if (progress.anyOnItsWay()) {
            ctx.fireExceptionCaught(WireErrors.deadlineExceeded("HandoffAck was not read", deadline));
        } else if (progress.anyLeft() && !frames.isInsideFrame()) {
            ctx.close();
        } else {
            ctx.fireExceptionCaught(WireErrors.deadlineExceeded("no HandoffOffer was received and answered", deadline));
        }
    }
}
