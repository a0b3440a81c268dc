package io.handoff.testkit;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.util.concurrent.TimeUnit;

/** Ends event loops in tests. */
public final class EventLoops {

    private static final long PATIENCE_SECONDS = 60;

    private EventLoops() {}

    /**
     * Ends event loops, and closes what channels they have: when this returns, none has a descriptor open. {@code
     * shutdownGracefully} without a quiet period does not promise that, and with one it takes a tenth of a second or more.
     *
     * <p>Whatever makes new channels there has to be closed first: servers, brokers, clients. Does nothing to loops that have
     * ended already.
     *
     * @param groups the groups of event loops; this must not be called from one of their threads
     * @throws IllegalStateException if they have not ended in a minute
     */
    public static void end(EventLoopGroup... groups) {
        for (EventLoopGroup group : groups) {
            group.forEach(EventLoops::awaitTurn);
        }
        for (EventLoopGroup group : groups) {
            end(group);
        }
    }

    /**
     * What one loop has made on another it may be about to use there: an acceptor listens to the registration of a channel that has
     * long been served. Netty logs an error if that other loop has ended.
     */
    private static void awaitTurn(EventExecutor loop) {
        if (loop.isShuttingDown()) {
            return;
        }
        if (!loop.submit(() -> {}).awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("an event loop has not ended its turn in " + PATIENCE_SECONDS + " s");
        }
    }

    private static void end(EventLoopGroup group) {
        for (EventExecutor loop : group) {
            if (!loop.isShuttingDown()) {
                loop.execute(() -> endFromWithin(loop));
            }
        }
        if (!group.terminationFuture().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("event loops have not ended in " + PATIENCE_SECONDS + " s");
        }
    }

    /**
     * A loop closes its channels in a turn at whose beginning it knows that it shuts down, and ends at the end of any. So each
     * gets reason for one turn more: Netty takes it, at once, after a shutdown hook has run, unless the quiet period is zero. From any other
     * thread, the loop could see that it shuts down before it is told the quiet period, and that is zero until then.
     */
    private static void endFromWithin(EventExecutor loop) {
        if (loop instanceof SingleThreadEventExecutor executor) {
            executor.addShutdownHook(() -> {});
        }
        long shortest = 1;
        loop.shutdownGracefully(shortest, TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), TimeUnit.NANOSECONDS);
    }
}
