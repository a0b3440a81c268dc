package io.handoff.netty.answer;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * The turns of the connections of one event loop that send more than fits into one read: one of them in each round of
 * the loop, so that however many they are, the others wait for one read and no more.
 *
 * <p>Used on that event loop.
 */
public final class ReadTurns {

    private final Queue<Runnable> waiting = new ArrayDeque<>();

    /** Makes the turns of one event loop. */
    public ReadTurns() {}

    /** Runs the turn when those before it have had theirs, and not in this round of the loop. */
    void await(EventExecutor loop, Runnable turn) {
        waiting.add(turn);
        if (waiting.size() == 1) {
            giveNext(loop);
        }
    }

    /** What is scheduled within a round, however soon, runs in the next. */
    private void giveNext(EventExecutor loop) {
        loop.schedule(
                () -> {
                    waiting.remove().run();
                    if (!waiting.isEmpty()) {
                        giveNext(loop);
                    }
                },
                0,
                TimeUnit.NANOSECONDS);
    }
}
