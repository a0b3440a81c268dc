package io.handoff.reliability;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** The handoffs that stand at a step in this process: each at the one that its client has chosen. Thread-safe. */
final class StepHolds {

    private final Map<HandoffStep, Integer> reached = new EnumMap<>(HandoffStep.class);
    private final List<Runnable> held = new ArrayList<>();
    private boolean isHolding;

    /** From now on handoffs come to stand at their steps; the counts begin anew. */
    synchronized void hold() {
        isHolding = true;
        reached.clear();
    }

    /** Lets all go on that stand, and no more stand from now on. */
    void release() {
        List<Runnable> all;
        synchronized (this) {
            isHolding = false;
            all = List.copyOf(held);
            held.clear();
        }
        all.forEach(Runnable::run);
    }

    /** A handoff has come here: it goes on at once, or on the executor after the release if this is its destination. */
    void reach(HandoffStep here, HandoffStep destination, Executor executor, Runnable goOn) {
        if (here != destination || !stand(here, () -> executor.execute(goOn))) {
            goOn.run();
        }
    }

    private synchronized boolean stand(HandoffStep here, Runnable goOn) {
        count(here);
        if (isHolding) {
            held.add(goOn);
        }
        return isHolding;
    }

    /** Counts without holding. */
    synchronized void count(HandoffStep here) {
        reached.merge(here, 1, Integer::sum);
        notifyAll();
    }

    /** Blocks until so many have been counted since {@link #hold}. */
    synchronized void await(HandoffStep step, int count) throws InterruptedException {
        while (reached.getOrDefault(step, 0) < count) {
            wait();
        }
    }
}
