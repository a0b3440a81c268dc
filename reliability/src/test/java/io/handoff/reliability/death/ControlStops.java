package io.handoff.reliability.death;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The first handler of a control connection, between the library and the socket: makes the handoff stand where it is to
 * stand. What is written meanwhile stays behind, in its order.
 */
abstract class ControlStops extends ChannelDuplexHandler {

    private final StepHolds holds;
    private final Queue<Runnable> behind = new ArrayDeque<>();
    private HandoffStep destination;
    private boolean stands;
    private boolean anyWritten;

    ControlStops(StepHolds holds) {
        this.holds = holds;
    }

    final StepHolds holds() {
        return holds;
    }

    /** Where the handoff is to stand, once that is known. */
    final HandoffStep destination() {
        return destination;
    }

    final void goTo(HandoffStep destination) {
        this.destination = destination;
    }

    /** The library has written the first bytes to the connection. */
    abstract void firstWrite(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise);

    /** The handoff has come to a step; if it has to stand there, what follows waits, and all that is written. */
    final void reach(ChannelHandlerContext ctx, HandoffStep step, Runnable goOn) {
        stands = true;
        holds.reach(step, destination, ctx.executor(), () -> {
            stands = false;
            goOn.run();
            while (!stands && !behind.isEmpty()) {
                behind.remove().run();
            }
            flush(ctx);
        });
    }

    /** Writes the bytes, and stands at the given step when half of them have left. */
    final void writeInHalves(ChannelHandlerContext ctx, ByteBuf bytes, HandoffStep half, ChannelPromise promise) {
        if (destination == half) {
            stands = true;
            ctx.writeAndFlush(bytes.readRetainedSlice(bytes.readableBytes() / 2))
                    .addListener(written -> reach(ctx, half, () -> ctx.write(bytes, promise)));
        } else {
            ctx.write(bytes, promise);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (stands) {
            behind.add(() -> ctx.write(msg, promise));
        } else if (!anyWritten && msg instanceof ByteBuf bytes) {
            anyWritten = true;
            firstWrite(ctx, bytes, promise);
        } else {
            ctx.write(msg, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (!stands) {
            ctx.flush();
        }
    }
}
