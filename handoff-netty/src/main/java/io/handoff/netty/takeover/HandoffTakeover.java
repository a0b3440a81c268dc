package io.handoff.netty.takeover;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.takeover.TakeoverReport.End;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A deployment: moves the connections of this process to its successor, the next release of the same program, while both run.
 *
 * <pre>{@code
 * TakeoverReport report = HandoffTakeover.builder(successor, connections)
 *         .departure(connection -> stateOf(connection))
 *         .start()
 *         .report()
 *         .get();
 * }</pre>
 *
 * <p><b>Order.</b> It waits until somebody listens at the successor's socket. Then the connections go, so many at once. One that cannot go
 * now, or that the successor rejects, is served here as before, and tried again. What is left when the time is over is closed. Connections
 * that come into the group meanwhile go, too; so a program stops accepting first, or points new clients to the successor.
 *
 * <p><b>Ownership.</b> As for a {@link HandoffBroker}, which moves each: at any moment one process has a connection. A takeover that is
 * {@link #cancel() cancelled} leaves each where it is. Two takeovers of one connection do not get in each other's way: one of them moves it.
 *
 * <p><b>Bytes in the middle of a message</b> move if a {@code BoundaryBuffer} keeps them and the broker is set to {@code carryState}.
 * Without one a connection whose pipeline has a decoder is busy until the end.
 *
 * <p><b>Threading.</b> Every method may be called from any thread.
 */
public final class HandoffTakeover {

    /** Connections on the move at once, unless configured. */
    public static final int DEFAULT_AT_ONCE = 64;

    /** Time before a connection is tried again, unless configured. */
    public static final Duration DEFAULT_RETRY_AFTER = Duration.ofMillis(100);

    /** Time for the successor to listen, unless configured. */
    public static final Duration DEFAULT_AWAIT_SUCCESSOR = Duration.ofSeconds(30);

    /** Time for all connections to move, unless configured. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

    private static final Logger logger = LoggerFactory.getLogger(HandoffTakeover.class);

    private static final long TICK_MILLIS = 10;
    private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final EventExecutor executor = GlobalEventExecutor.INSTANCE;
    private final SuccessorSocket successor;
    private final TakeoverSettings settings;
    private final Tally tally = new Tally();
    private final Moving moving;
    private final Promise<TakeoverReport> ended = executor.newPromise();
    private final long beganAtNanos = executor.ticker().nanoTime();

    /** When the successor was found. */
    private @Nullable Long foundAtNanos;

    /** How it is about to end, once those who are on the move have arrived. */
    private @Nullable End ending;

    private volatile TakeoverReport latest;
    private TakeoverReport told;
    private long toldAtNanos = beganAtNanos;

    HandoffTakeover(HandoffBroker successor, ChannelGroup connections, Attempt attempt, TakeoverSettings settings) {
        this.successor = new SuccessorSocket(successor.backendSocket());
        this.settings = settings;
        this.moving = new Moving(connections, attempt, settings, executor, tally, this::endIfOver);
        this.latest = tally.report(End.NOT_YET, 0, 0);
        this.told = latest;
        ended.setUncancellable();
    }

    /**
     * Starts to describe a takeover.
     *
     * @param successor sends to the successor's handoff socket; its settings hold for each handoff. Set {@code carryState} for connections that
     *     have state, or a {@code BoundaryBuffer}. The successor takes tokens that come with the connection
     *     ({@code ExpectedTokenPolicy.carried()})
     * @param connections the program's connections; listening channels among them are left alone
     * @return a builder with every setting at its default
     */
    public static HandoffTakeoverBuilder builder(HandoffBroker successor, ChannelGroup connections) {
        return new HandoffTakeoverBuilder(successor, connections);
    }

    void start() {
        executor.execute(this::tick);
    }

    /**
     * Tells what has become of it.
     *
     * @return completed, always with success and on Netty's {@code GlobalEventExecutor}, when it has ended: when no connection is on the move
     *     and, where the time was over, what was left has been told to close. It cannot be cancelled; {@link #cancel()} is for that
     */
    public Future<TakeoverReport> report() {
        return ended;
    }

    /**
     * Tells how it stands.
     *
     * @return what has become of it by now
     */
    public TakeoverReport progress() {
        return latest;
    }

    /**
     * Ends it early. No further connection goes. Those that are on the move arrive at the successor or stay here; the others stay, and are served.
     * Does nothing once it has ended.
     *
     * @return as {@link #report()}
     */
    public Future<TakeoverReport> cancel() {
        executor.execute(() -> endSoon(End.CANCELLED));
        return ended;
    }

    private void tick() {
        if (ended.isDone()) {
            return;
        }
        try {
            long nowNanos = executor.ticker().nanoTime();
            if (foundAtNanos == null) {
                lookForSuccessor(nowNanos);
            }
            if (foundAtNanos != null && ending == null) {
                move(nowNanos, foundAtNanos);
            }
            tellProgress(nowNanos);
        } finally {
            executor.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void lookForSuccessor(long nowNanos) {
        if (successor.isListening()) {
            foundAtNanos = nowNanos;
            moving.start(nowNanos);
        } else if (nowNanos - beganAtNanos >= settings.awaitSuccessor().toNanos()) {
            tally.problem("nobody has listened at " + successor + " for "
                    + settings.awaitSuccessor().toMillis() + " ms");
            endSoon(End.NO_SUCCESSOR);
        }
    }

    private void move(long nowNanos, long sinceNanos) {
        moving.goOn(nowNanos);
        if (nowNanos - sinceNanos >= settings.deadline().toNanos()) {
            endSoon(End.DEADLINE);
        } else {
            endIfOver();
        }
    }

    private void endSoon(End how) {
        if (ending == null) {
            ending = how;
            moving.stop();
            endIfOver();
        }
    }

    private void endIfOver() {
        if (moving.isAnyUnderWay() || ended.isDone()) {
            return;
        }
        if (!moving.isAnyHere() && ending != End.NO_SUCCESSOR && foundAtNanos != null) {
            end(ending == null ? End.COMPLETE : ending);
        } else if (ending != null) {
            if (ending == End.DEADLINE) {
                tally.closed(moving.closeAll());
            }
            end(ending);
        }
    }

    private void end(End how) {
        TakeoverReport report = reportNow(how);
        latest = report;
        TakeoverEvent.commit(report);
        logger.info(
                "takeover by {} has ended: {}, moved={} lost={} ended={} left={} closed={} rejections={} waited={}ms moving={}ms"
                        + " slowest={}ms problem={}",
                successor,
                report.end(),
                report.moved(),
                report.lost(),
                report.ended(),
                report.left(),
                report.closed(),
                report.rejections(),
                report.waited().toMillis(),
                report.moving().toMillis(),
                report.slowest().toMillis(),
                report.problem());
        tell(report);
        ended.setSuccess(report);
    }

    private TakeoverReport reportNow(End how) {
        long nowNanos = executor.ticker().nanoTime();
        long foundNanos = foundAtNanos == null ? nowNanos : foundAtNanos;
        return tally.report(how, foundNanos - beganAtNanos, nowNanos - foundNanos);
    }

    private void tellProgress(long nowNanos) {
        if (ended.isDone()) {
            return;
        }
        latest = reportNow(End.NOT_YET);
        if (nowNanos - toldAtNanos >= PROGRESS_NANOS && !isSame(latest, told)) {
            toldAtNanos = nowNanos;
            tell(latest);
        }
    }

    /** But for the time, which always goes on. */
    private static boolean isSame(TakeoverReport report, TakeoverReport before) {
        return report.moved() == before.moved()
                && report.lost() == before.lost()
                && report.ended() == before.ended()
                && report.busy() == before.busy()
                && report.rejected() == before.rejected()
                && report.waiting() == before.waiting()
                && report.rejections() == before.rejections();
    }

    private void tell(TakeoverReport report) {
        told = report;
        try {
            settings.progress().accept(report);
        } catch (Throwable e) { // The program may throw anything, and the connections go on all the same.
            logger.warn("the progress listener of a takeover failed", e);
        }
    }
}
