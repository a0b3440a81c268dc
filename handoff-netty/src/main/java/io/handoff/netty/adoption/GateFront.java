package io.handoff.netty.adoption;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands before all handlers of the program, whatever they put where, and keeps from them what may not have happened
 * yet; sees how their setting up ends; and keeps what would end the connection until its broker knows of it. If it ends
 * before that, they are told what Netty tells of an accepted channel that its initializer has closed: that it is
 * inactive, though they were not told that it was active. What they count when they are added they count down then.
 */
final class GateFront extends ChannelDuplexHandler {

    private final BooleanSupplier isBeingSetUp;
    private final Consumer<AdoptedChannel> setUpEnded;
    private @Nullable Throwable failure;

    /** Takes what tells whether the channel is set up still, and what is told when it has been. */
    GateFront(BooleanSupplier isBeingSetUp, Consumer<AdoptedChannel> setUpEnded) {
        this.isBeingSetUp = isBeingSetUp;
        this.setUpEnded = setUpEnded;
    }

    /** What the program's initializer, or Netty, has thrown while the channel was set up; null if nothing. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** It changes its place within one pipeline. */
    @Override
    public boolean isSharable() {
        return true;
    }

    /** The program's initializer has run. Whatever it has put before this has nothing to hold yet. */
    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        ChannelPipeline pipeline = ctx.pipeline();
        if (pipeline.first() != this) {
            pipeline.remove(this);
            pipeline.addFirst(this);
        }
        ctx.fireChannelRegistered();
        setUpEnded.accept((AdoptedChannel) ctx.channel());
    }

    /** Comes with the registration; the release tells it. */
    @Override
    public void channelActive(ChannelHandlerContext ctx) {}

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {}

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof HeldReads.HeldException) {
            return;
        }
        if (isBeingSetUp.getAsBoolean() && failure == null) {
            failure = cause;
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        end(ctx, () -> ctx.close(promise));
    }

    @Override
    public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) {
        end(ctx, () -> ctx.disconnect(promise));
    }

    @Override
    public void deregister(ChannelHandlerContext ctx, ChannelPromise promise) {
        end(ctx, () -> ctx.deregister(promise));
    }

    /** While it is set up this is how the program says no. */
    private void end(ChannelHandlerContext ctx, Runnable end) {
        if (isBeingSetUp.getAsBoolean()) {
            end.run();
        } else {
            ((AdoptedChannel) ctx.channel()).afterRelease(end);
        }
    }
}
