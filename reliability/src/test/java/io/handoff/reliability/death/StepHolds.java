package io.handoff.reliability.death;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** The handoffs that stand at a step in this process: each at the one that its client has chosen. Thread-safe. */
final class StepHolds {

    private final Map<HandoffStep, Integer> reached = new EnumMap<>(HandoffStep.class);
    private final List<Runnable> held = new ArrayList<>();
    private final List<String> tooEarly = new ArrayList<>();
    private boolean isHolding;

    /** From now on handoffs come to stand at their steps; the counts begin anew. */
    synchronized void hold() {
        isHolding = true;
        reached.clear();
    }

    /** What {@link #noteIfTooEarly} has noted. */
    synchronized List<String> tooEarly() {
        return List.copyOf(tooEarly);
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

    /** A handoff has come here: too early, if it stands at an earlier step of this process. */
    synchronized void noteIfTooEarly(HandoffStep here, HandoffStep destination) {
        if (isHolding && here.holder() == destination.holder() && here.compareTo(destination) > 0) {
            tooEarly.add(here + " before " + destination);
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
