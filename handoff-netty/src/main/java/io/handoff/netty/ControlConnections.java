package io.handoff.netty;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The open handoff connections of one server: counted against the cap from the moment they are accepted, and led to
 * their end when the server closes. Safe from any thread.
 */
final class ControlConnections {

    private final int maxConnections;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder everOpened = new LongAdder();
    private final ChannelGroup served;
    private final Promise<Void> drained;

    /** The channel that still accepts while this drains; null before. */
    private volatile @Nullable Channel draining;

    /** Takes the cap, and the executor that completes {@link #drain}. */
    ControlConnections(int maxConnections, EventExecutor executor) {
        this.maxConnections = maxConnections;
        this.served = new DefaultChannelGroup(executor, true);
        this.drained = executor.newPromise();
    }

    /** Counts a new connection; does nothing and says no where that would exceed the cap. */
    boolean tryOpen() {
        if (open.incrementAndGet() > maxConnections) {
            closed();
            return false;
        }
        everOpened.increment();
        return true;
    }

    /** Ends the count of a connection when its channel closes; from now on nobody else has to. */
    void follow(Channel connection) {
        connection.closeFuture().addListener(closed -> closed());
    }

    /** Ends the count of a connection that was never registered: the close future of its channel would not tell. */
    void closed() {
        Channel acceptor = draining;
        if (open.decrementAndGet() == 0 && acceptor != null) {
            endAccepting(acceptor);
        }
    }

    /** What was accepted at the last moment is waited for, too. */
    private void endAccepting(Channel acceptor) {
        acceptor.close().addListener(closed -> {
            if (open.get() == 0) {
                drained.trySuccess(null);
            }
        });
    }

    /** Takes in an opened connection once its pipeline stands. */
    void serve(Channel connection) {
        served.add(connection);
        if (draining != null) {
            connection.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE);
        }
    }

    int openCount() {
        return open.get();
    }

    long everOpenedCount() {
        return everOpened.sum();
    }

    /**
     * Lets each connection answer the offer it is about, then closes it, and in the end the acceptor: until then it still
     * accepts what has connected before. When the time is over everything is closed.
     *
     * @return completed when all of them are closed
     */
    Future<Void> drain(Duration timeout, Channel acceptor) {
        draining = acceptor;
        for (Channel connection : served) {
            connection.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE);
        }
        Runnable closeAll = () -> {
            acceptor.close();
            served.close();
        };
        Future<?> overdue = acceptor.eventLoop().schedule(closeAll, timeout.toNanos(), TimeUnit.NANOSECONDS);
        drained.addListener(done -> overdue.cancel(false));
        if (open.get() == 0) {
            endAccepting(acceptor);
        }
        return drained;
    }
}
