package io.handoff.netty.backend;

import io.handoff.netty.observe.HandoffListener;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands on the accepting channel and pauses it when accept(2) fails: for want of a descriptor (EMFILE, ENFILE) as a rule,
 * or of memory. The connection that could not be accepted stays in the backlog, so that without a pause the next attempt
 * would fail at once, and so on in a busy loop.
 */
final class AcceptFailureHandler extends ChannelInboundHandlerAdapter {

    /** Long enough for the processor and the log, short against the time that a broker waits. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Logger logger = LoggerFactory.getLogger(AcceptFailureHandler.class);

    private final HandoffListener listener;
    private final BooleanSupplier isStopped;
    private volatile @Nullable IOException lastFailure;

    /** Takes who is told, and whether accepting has been stopped for good, which no pause ends. */
    AcceptFailureHandler(HandoffListener listener, BooleanSupplier isStopped) {
        this.listener = listener;
        this.isStopped = isStopped;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException failure) {
            lastFailure = failure;
            pause(ctx);
            logger.warn(
                    "cannot accept handoff connections: {}; those that wait are tried again in {} ms",
                    failure.getMessage(),
                    PAUSE.toMillis());
            listener.acceptFailed(failure);
        } else if (cause instanceof ChannelException failure) {
            // It was accepted, and could not be made a channel: it is closed, and others need not wait.
            listener.callFailed(new IOException(failure.getMessage(), failure));
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    /** The last failure since the server started; null if there was none. From any thread. */
    @Nullable
    IOException lastFailure() {
        return lastFailure;
    }

    private void pause(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(false);
        ctx.executor().schedule(() -> resume(ctx), PAUSE.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void resume(ChannelHandlerContext ctx) {
        if (!isStopped.getAsBoolean()) {
            ctx.channel().config().setAutoRead(true);
        }
    }
}
