package io.handoff.netty.backend;

import io.handoff.netty.adoption.ConnectionAdopter;
import io.handoff.netty.listening.ListeningSocket;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads a server to its end: nobody new finds the socket; while offers keep coming it serves on, for a quiet period; then everybody who
 * has connected is accepted, answered and closed. Whatever happens, it is over when the shortest timeout is that anybody has asked for.
 *
 * <p>Timers run on Netty's {@code GlobalEventExecutor}, which outlives the loops.
 */
final class Shutdown {

    /** What is open is closed that long before the time is over, or half of it, if that is shorter. */
    private static final Duration CLOSING_TIME = Duration.ofMillis(200);

    /** Long enough for a loop that has run its last task for us to come to rest. */
    private static final Duration REST = Duration.ofMillis(5);

    private static final Logger logger = LoggerFactory.getLogger(Shutdown.class);

    private final ListeningSocket socket;
    private final Acceptor acceptor;
    private final ControlConnections connections;
    private final @Nullable ConnectionAdopter adopter;
    private final LongSupplier offersJudged;
    private final EventLoop loop;
    private final EventLoopGroup loops;
    private final boolean areLoopsOurs;
    private final AtomicBoolean hasBegun = new AtomicBoolean();
    private final AtomicBoolean isEnding = new AtomicBoolean();
    private final Promise<Void> over = GlobalEventExecutor.INSTANCE.newPromise();

    /** Takes what has to be closed, the count of offers that tells whether it is quiet, and the loops: the one that accepts, and all. */
    Shutdown(
            ListeningSocket socket,
            Acceptor acceptor,
            ControlConnections connections,
            @Nullable ConnectionAdopter adopter,
            LongSupplier offersJudged,
            EventLoop loop,
            EventLoopGroup loops,
            boolean areLoopsOurs) {
        this.socket = socket;
        this.acceptor = acceptor;
        this.connections = connections;
        this.adopter = adopter;
        this.offersJudged = offersJudged;
        this.loop = loop;
        this.loops = loops;
        this.areLoopsOurs = areLoopsOurs;
    }

    boolean hasBegun() {
        return hasBegun.get();
    }

    /** Begins, or makes what has begun end in time; the quiet period of the first call counts. */
    Future<Void> by(Duration quietPeriod, Duration timeout) {
        endBy(timeout);
        if (hasBegun.compareAndSet(false, true)) {
            // First the file: its inode number cannot be another's while the socket is open.
            socket.removeFile();
            if (socket.isPassed()) {
                acceptor.leaveToTheNext();
            }
            // A loop that the program shuts down closes its channels itself, and tells nobody afterwards.
            loop.terminationFuture().addListener(terminated -> end());
            if (!loop.isShuttingDown()) {
                afterQuiet(quietPeriod, timeout);
            }
        }
        return over;
    }

    private void endBy(Duration timeout) {
        long timeoutNanos = timeout.toNanos();
        long closingNanos = Math.min(CLOSING_TIME.toNanos(), timeoutNanos / 2);
        Future<?> closing = schedule(this::closeAll, timeoutNanos - closingNanos);
        Future<?> ending = schedule(this::giveUp, timeoutNanos);
        over.addListener(done -> {
            closing.cancel(false);
            ending.cancel(false);
        });
    }

    private static Future<?> schedule(Runnable task, long delayNanos) {
        return GlobalEventExecutor.INSTANCE.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    private void closeAll() {
        acceptor.close().addListener(last -> connections.allClosed().addListener(closed -> end()));
        // Their offers are rejected before their connections are closed.
        abandonAdoptions();
        connections.closeAll();
    }

    private void abandonAdoptions() {
        if (adopter != null) {
            adopter.close();
        }
    }

    private void giveUp() {
        if (over.trySuccess(null)) {
            logger.warn("the server at {} was not closed in time: its event loops do not come to it", socket.path());
        }
    }

    private void afterQuiet(Duration quietPeriod, Duration timeout) {
        if (quietPeriod.isZero()) {
            drain();
        } else {
            QuietPeriod.await(loop, offersJudged, quietPeriod, timeout).addListener(quiet -> drain());
        }
    }

    private void drain() {
        connections.drain();
        try {
            acceptor.finish()
                    .addListener(finished -> connections
                            .allClosed()
                            .addListener(closed -> acceptor.close().addListener(last -> end())));
        } catch (RejectedExecutionException e) {
            logger.debug("the event loops of {} have ended before", socket.path(), e);
        }
    }

    private void end() {
        if (!isEnding.compareAndSet(false, true)) {
            return;
        }
        abandonAdoptions();
        if (adopter == null) {
            endLoops();
        } else {
            // Accepted, but not active yet: who is told that this is over counts on knowing all of its connections.
            adopter.allEnded().addListener(ended -> endLoops());
        }
    }

    private void endLoops() {
        if (areLoopsOurs) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).addListener(ended -> over.trySuccess(null));
        } else {
            afterATurnOfEveryLoop();
        }
    }

    /**
     * A loop that is told to end while it runs a task ends without closing its channels (Netty 4.2.18,
     * {@code SingleThreadIoEventLoop.run}), and whoever waits for this may do just that: so no loop shall be about our last task then.
     */
    private void afterATurnOfEveryLoop() {
        PromiseCombiner turns = new PromiseCombiner(GlobalEventExecutor.INSTANCE);
        GlobalEventExecutor.INSTANCE.execute(() -> {
            for (EventExecutor each : loops) {
                turns.add(turnOf(each));
            }
            Promise<Void> turned = GlobalEventExecutor.INSTANCE.newPromise();
            turned.addListener((FutureListener<Void>) done -> schedule(() -> over.trySuccess(null), REST.toNanos()));
            turns.finish(turned);
        });
    }

    private static Future<?> turnOf(EventExecutor loop) {
        Promise<Void> turned = GlobalEventExecutor.INSTANCE.newPromise();
        try {
            loop.execute(() -> turned.trySuccess(null));
            loop.terminationFuture().addListener(ended -> turned.trySuccess(null));
        } catch (RejectedExecutionException e) {
            turned.trySuccess(null);
        }
        return turned;
    }
}
