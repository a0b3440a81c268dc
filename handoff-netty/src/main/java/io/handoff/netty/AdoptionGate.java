package io.handoff.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of an adopted channel until its broker knows of the acceptance: holds back every event from the
 * program's handlers, and every read and flush of theirs from the connection, then lets them through in their order and
 * leaves.
 *
 * <p>Netty's epoll transport reads a half-closed connection to its end whatever {@code autoRead} says, so not only
 * {@code channelActive} may come too early. And because it then closes the channel, where half-closure is not allowed,
 * half-closure is allowed as long as the gate is shut; the close is made up for afterwards.
 */
final class AdoptionGate extends ChannelDuplexHandler {

    private final Runnable beforeEarlyClose;
    private final Promise<AdoptedConnection> adopted;
    private final Queue<HeldEvent> held = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext ctx;
    private boolean isOpen;
    private boolean allowsHalfClosure;
    private boolean readRequested;
    private boolean flushRequested;
    private boolean inputEnded;
    private @Nullable Throwable failure;

    /**
     * Takes what has to be done if the channel is closed before the gate opens, and the promise that is told whether the
     * program's handlers could be set up.
     */
    AdoptionGate(Runnable beforeEarlyClose, Promise<AdoptedConnection> adopted) {
        this.beforeEarlyClose = beforeEarlyClose;
        this.adopted = adopted;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /** The program's initializer has run, and the event loop has not looked at the connection yet. */
    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        if (ctx.channel().isOpen() && failure == null) {
            ChannelConfig config = ctx.channel().config();
            allowsHalfClosure = Boolean.TRUE.equals(config.getOption(ChannelOption.ALLOW_HALF_CLOSURE));
            config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            adopted.trySuccess(new AdoptedConnection(ctx.channel(), this::open));
        } else {
            ctx.close();
            adopted.tryFailure(new ChannelException("the initializer of adopted connections failed", failure));
        }
        ctx.fireChannelRegistered();
    }

    /** Lets everything through that was held, and leaves the pipeline. Called on the channel's event loop. */
    void open() {
        if (ctx == null || ctx.isRemoved()) {
            // The connection has broken down meanwhile.
            return;
        }
        isOpen = true;
        Channel channel = ctx.channel();
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, allowsHalfClosure);
        for (HeldEvent event = held.poll(); event != null; event = held.poll()) {
            event.release(ctx);
        }
        if (flushRequested) {
            ctx.flush();
        }
        if (!channel.isActive() || (inputEnded && !allowsHalfClosure)) {
            ctx.close();
        } else if (readRequested) {
            ctx.read();
        }
        if (!ctx.isRemoved()) {
            channel.pipeline().remove(this);
        }
    }

    private void pass(ChannelHandlerContext ctx, HeldEvent event) {
        if (isOpen) {
            event.release(ctx);
        } else {
            held.add(event);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        pass(ctx, ChannelHandlerContext::fireChannelActive);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        pass(ctx, ChannelHandlerContext::fireChannelInactive);
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        pass(ctx, ChannelHandlerContext::fireChannelUnregistered);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        pass(ctx, new HeldMessage(msg));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        pass(ctx, ChannelHandlerContext::fireChannelReadComplete);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        boolean isEndOfInput =
                event == ChannelInputShutdownEvent.INSTANCE || event == ChannelInputShutdownReadComplete.INSTANCE;
        inputEnded |= isEndOfInput;
        if (isOpen || allowsHalfClosure || !isEndOfInput) {
            pass(ctx, context -> context.fireUserEventTriggered(event));
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        pass(ctx, ChannelHandlerContext::fireChannelWritabilityChanged);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        pass(ctx, context -> context.fireExceptionCaught(cause));
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (isOpen) {
            ctx.read();
        } else {
            readRequested = true;
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (isOpen) {
            ctx.flush();
        } else {
            flushRequested = true;
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (!isOpen && ctx.channel().isOpen()) {
            beforeEarlyClose.run();
        }
        ctx.close(promise);
    }

    /** Nobody will hear of what is still held. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        for (HeldEvent event = held.poll(); event != null; event = held.poll()) {
            event.drop();
        }
    }

    private interface HeldEvent {
        void release(ChannelHandlerContext ctx);

        default void drop() {}
    }

    private record HeldMessage(Object message) implements HeldEvent {
        @Override
        public void release(ChannelHandlerContext ctx) {
            ctx.fireChannelRead(message);
        }

        @Override
        public void drop() {
            ReferenceCountUtil.release(message);
        }
    }
}
