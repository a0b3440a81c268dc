package io.handoff.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives each offer a deadline: from the start of the connection, or from the ACK before it, until its own ACK has left.
 *
 * <p>One timer runs for the life of the connection and looks, when it fires, how much of the time is left since then;
 * so an offer costs no timer of its own.
 */
final class OfferDeadlineHandler extends ChannelOutboundHandlerAdapter {

    private final Duration deadline;
    private final Duration elapsed;
    private final HandoffFrameDecoder frames;

    private @Nullable Future<?> timer;
    private long startedAtNanos;
    private boolean anyAckSent;
    private int acksOnTheirWay;
    private boolean isFlushing;

    /**
     * Takes the deadline, how much of it is over when the handler is added, and the decoder that knows whether a frame has
     * begun to arrive.
     */
    OfferDeadlineHandler(Duration deadline, Duration elapsed, HandoffFrameDecoder frames) {
        this.deadline = deadline;
        this.elapsed = elapsed;
        this.frames = frames;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        startedAtNanos = now(ctx) - elapsed.toNanos();
        schedule(ctx, deadline.minus(elapsed).toNanos());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** So many ACKs are on their way. */
    void acksWritten(int count) {
        acksOnTheirWay += count;
    }

    /** So many ACKs have left. One that never will ends the connection. */
    void acksLeft(int count, ChannelHandlerContext anyOfTheChannel) {
        acksOnTheirWay -= count;
        anyAckSent = true;
        if (!isFlushing) {
            startedAtNanos = now(anyOfTheChannel);
        }
    }

    /** The ACKs that leave together have left at one time, and reading the clock is dear among so many small things. */
    @Override
    public void flush(ChannelHandlerContext ctx) {
        int waiting = acksOnTheirWay;
        isFlushing = true;
        ctx.flush();
        isFlushing = false;
        if (acksOnTheirWay < waiting) {
            startedAtNanos = now(ctx);
        }
    }

    private void schedule(ChannelHandlerContext ctx, long delayNanos) {
        timer = ctx.executor().schedule(() -> check(ctx), delayNanos, TimeUnit.NANOSECONDS);
    }

    private void check(ChannelHandlerContext ctx) {
        long leftNanos = startedAtNanos + deadline.toNanos() - now(ctx);
        if (leftNanos > 0) {
            schedule(ctx, leftNanos);
        } else if (acksOnTheirWay > 0) {
            ctx.fireExceptionCaught(HandoffWireException.deadlineExceeded("HandoffAck was not read", deadline));
        } else if (anyAckSent && !frames.isInsideFrame()) {
            ctx.close();
        } else {
            ctx.fireExceptionCaught(
                    HandoffWireException.deadlineExceeded("no HandoffOffer was received and answered", deadline));
        }
    }

    private static long now(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }
}
