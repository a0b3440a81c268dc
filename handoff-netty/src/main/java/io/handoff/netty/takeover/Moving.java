package io.handoff.netty.takeover;

import io.handoff.netty.takeover.Attempt.Result;
import io.handoff.netty.takeover.Tally.Standing;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * The connections of one takeover: whose turn it is, who is on the move, who is tried again and when. Confined to its executor.
 */
final class Moving {

    private static final long LEAST_PAUSE_NANOS = 100_000;

    private final ChannelGroup connections;
    private final Attempt attempt;
    private final TakeoverSettings settings;
    private final EventExecutor executor;
    private final Tally tally;
    private final Runnable whenSettled;

    /** How each connection stands that the takeover knows of and that is not settled. */
    private final Map<Channel, Standing> here = new LinkedHashMap<>();

    private final Queue<Channel> due = new ArrayDeque<>();

    /** In the order of their times, or nearly so, since all wait equally long. */
    private final Queue<Retry> later = new ArrayDeque<>();

    private long startedAtNanos;
    private long begun;
    private int underWay;
    private boolean isStopped;

    /** One goes alone until the successor has answered, and again after a loss: it may have just started, or be dying. */
    private boolean doesSuccessorAnswer;

    private record Retry(Channel connection, long dueAtNanos) {}

    /** Takes what is told when a connection has been tried, and may end the takeover. */
    Moving(
            ChannelGroup connections,
            Attempt attempt,
            TakeoverSettings settings,
            EventExecutor executor,
            Tally tally,
            Runnable whenSettled) {
        this.connections = connections;
        this.attempt = attempt;
        this.settings = settings;
        this.executor = executor;
        this.tally = tally;
        this.whenSettled = whenSettled;
    }

    void start(long nowNanos) {
        startedAtNanos = nowNanos;
    }

    /** Takes in connections that are new, and lets go who may. */
    void goOn(long nowNanos) {
        lookForNew();
        while (!later.isEmpty() && later.element().dueAtNanos() - nowNanos <= 0) {
            due.add(later.remove().connection());
        }
        fill(nowNanos);
    }

    private void lookForNew() {
        for (Channel connection : connections) {
            if (!(connection instanceof ServerChannel) && connection.isOpen() && !here.containsKey(connection)) {
                here.put(connection, Standing.WAITING);
                tally.begins();
                due.add(connection);
            }
        }
    }

    private void fill(long nowNanos) {
        while (!isStopped && underWay < atOnce() && begun < allowed(nowNanos) && !due.isEmpty()) {
            Channel connection = due.remove();
            underWay++;
            begun++;
            long beganAtNanos = executor.ticker().nanoTime();
            attempt.move(connection, onExecutor(result -> settle(connection, result, beganAtNanos)));
        }
    }

    private int atOnce() {
        return doesSuccessorAnswer ? settings.atOnce() : 1;
    }

    /** How many may have begun by now. */
    private long allowed(long nowNanos) {
        return settings.perSecond() == TakeoverSettings.UNPACED
                ? Long.MAX_VALUE
                : 1 + (long) ((nowNanos - startedAtNanos) / 1e9 * settings.perSecond());
    }

    private Consumer<Result> onExecutor(Consumer<Result> told) {
        return result -> executor.execute(() -> told.accept(result));
    }

    private void settle(Channel connection, Result result, long beganAtNanos) {
        underWay--;
        long nowNanos = executor.ticker().nanoTime();
        Standing before = here.getOrDefault(connection, Standing.WAITING);
        tally.changes(before, result.standing());
        if (!result.why().isEmpty() && result.standing() != Standing.ENDED) {
            tally.problem(result.why());
        }
        switch (result.standing()) {
            case MOVED -> {
                doesSuccessorAnswer = true;
                tally.took(nowNanos - beganAtNanos);
                here.remove(connection);
            }
            case LOST -> {
                doesSuccessorAnswer = false;
                here.remove(connection);
            }
            case ENDED -> here.remove(connection);
            case REJECTED, BUSY, WAITING -> {
                if (result.standing() == Standing.REJECTED) {
                    doesSuccessorAnswer = true;
                    tally.rejection();
                }
                here.put(connection, result.standing());
                later.add(new Retry(connection, nowNanos + pauseNanos()));
            }
        }
        fill(nowNanos);
        whenSettled.run();
    }

    /** Many who cannot go yet are not asked more than ten thousand times a second. */
    private long pauseNanos() {
        return Math.max(settings.retryAfter().toNanos(), here.size() * LEAST_PAUSE_NANOS);
    }

    /** Nobody goes any more; those who are on the move arrive, or stay. */
    void stop() {
        isStopped = true;
    }

    boolean isAnyUnderWay() {
        return underWay > 0;
    }

    /** Whether there is anybody, of whom it is known, that has not gone. */
    boolean isAnyHere() {
        if (here.isEmpty()) {
            lookForNew();
        }
        return !here.isEmpty();
    }

    /** Closes those who are here, and counts them. Those of them who had ended meanwhile are told as that. */
    int closeAll() {
        int closed = 0;
        for (Map.Entry<Channel, Standing> left : here.entrySet()) {
            if (left.getKey().isOpen()) {
                left.getKey().close();
                closed++;
            } else {
                tally.changes(left.getValue(), Standing.ENDED);
            }
        }
        here.clear();
        return closed;
    }
}
