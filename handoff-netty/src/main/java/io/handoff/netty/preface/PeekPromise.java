package io.handoff.netty.preface;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a program waits for. It can be cancelled from any thread, and is complete only when the channel is as it came. Its listeners hear of
 * it also where the event loop runs no more.
 */
final class PeekPromise extends DefaultPromise<ClientPreface> {

    private final EventLoop loop;
    private final AtomicBoolean isDecided = new AtomicBoolean();
    private Runnable whenCancelled = this::completeCancelled;

    PeekPromise(EventLoop loop) {
        super(loop);
        this.loop = loop;
    }

    /** Before the promise is handed out. Runs on the event loop, and has to lead to {@link #completeCancelled}. */
    void whenCancelled(Runnable whenCancelled) {
        this.whenCancelled = whenCancelled;
    }

    /** Says that the end is known. If not, it is known already: it is another one, or it has been cancelled. */
    boolean decide() {
        return isDecided.compareAndSet(false, true);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (!decide()) {
            return false;
        }
        try {
            // Never at once: the loop may be about to tell an event of the socket, which the channel would take for its
            // own, and read.
            loop.execute(whenCancelled);
        } catch (RejectedExecutionException e) {
            // The loop has ended, and with it the channel.
            completeCancelled();
        }
        return true;
    }

    void completeCancelled() {
        super.cancel(false);
    }

    @Override
    protected EventExecutor executor() {
        return loop.inEventLoop() || !loop.isShuttingDown() ? loop : GlobalEventExecutor.INSTANCE;
    }
}
