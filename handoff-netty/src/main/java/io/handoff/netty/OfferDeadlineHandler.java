package io.handoff.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives each offer a deadline: from the start of the connection, or from the ACK before it, until its own ACK has left.
 *
 * <p>One timer runs for the life of the connection and looks, when it fires, how much of the time is left since then;
 * so an offer costs no timer of its own. It looks at the clock once for all that is read together, as reading the clock
 * is dear among so many small things: the offers are judged at that time, and their ACKs leave at it.
 */
final class OfferDeadlineHandler extends ChannelDuplexHandler {

    private final Duration deadline;
    private final Duration elapsed;
    private final HandoffFrameDecoder frames;

    private @Nullable Future<?> timer;
    private long startedAtNanos;
    private boolean anyAckSent;
    private int acksOnTheirWay;
    private boolean isReading;
    private long readAtNanos;

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
        startedAtNanos = clock(ctx) - elapsed.toNanos();
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
        startedAtNanos = nowNanos(anyOfTheChannel);
    }

    /** The time, by the ticker of the channel's event loop; while something is read, the time when that began. */
    long nowNanos(ChannelHandlerContext anyOfTheChannel) {
        return isReading ? readAtNanos : clock(anyOfTheChannel);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!isReading) {
            isReading = true;
            readAtNanos = clock(ctx);
        }
        ctx.fireChannelRead(msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        isReading = false;
    }

    private void schedule(ChannelHandlerContext ctx, long delayNanos) {
        timer = ctx.executor().schedule(() -> check(ctx), delayNanos, TimeUnit.NANOSECONDS);
    }

    private void check(ChannelHandlerContext ctx) {
        long leftNanos = startedAtNanos + deadline.toNanos() - clock(ctx);
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

    private static long clock(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }
}
