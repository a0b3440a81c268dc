package io.handoff.netty.adoption;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The adoptions that have begun and not ended. An event loop may end without a word to those who wait for it, and may be
 * busy for long: neither leaves an adoption behind. Safe from any thread.
 */
final class UnfinishedAdoptions {

    private final Set<AdoptionGate> gates = ConcurrentHashMap.newKeySet();
    private final Set<EventLoop> watched = ConcurrentHashMap.newKeySet();
    private final Set<EventLoop> timed = ConcurrentHashMap.newKeySet();
    private final Promise<Void> ended = GlobalEventExecutor.INSTANCE.newPromise();
    private final long boundNanos;

    /** No adoption begins any more. */
    private volatile boolean isLast;

    /** Takes how long setting a connection up may take; it is looked after that time, and again after as much. */
    UnfinishedAdoptions(long boundNanos) {
        this.boundNanos = boundNanos;
    }

    void add(AdoptionGate gate) {
        gates.add(gate);
        watch(gate.control());
        watch(gate.worker());
    }

    void remove(AdoptionGate gate) {
        gates.remove(gate);
        tellIfEnded();
    }

    /** Has the adoptions that an event loop is about told when it ends. */
    void watch(EventLoop loop) {
        if (watched.add(loop)) {
            loop.terminationFuture().addListener(ended -> {
                watched.remove(loop);
                timed.remove(loop);
                gates.forEach(gate -> gate.loopEnded(loop));
            });
        }
    }

    /** Ends a wait for a busy worker. One timer for all adoptions of a control loop, and none where there is none. */
    void limit(AdoptionGate gate) {
        EventLoop control = gate.control();
        if (timed.add(control)) {
            control.schedule(() -> check(control), boundNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void check(EventLoop control) {
        timed.remove(control);
        long beganBeforeNanos = control.ticker().nanoTime() - boundNanos;
        for (AdoptionGate gate : gates) {
            if (gate.control() == control && gate.isBeingSetUp()) {
                if (gate.beganAtNanos() <= beganBeforeNanos) {
                    gate.fail(new IllegalStateException(
                            "the event loop of the adopted connection was busy for too long"));
                } else {
                    limit(gate);
                }
            }
        }
    }

    /** Ends all of them whose broker has not been told of an acceptance. */
    void abandonAll() {
        gates.forEach(AdoptionGate::abandon);
    }

    /** Tells when the last one has ended; none may begin from here on. */
    Future<Void> allEnded() {
        isLast = true;
        tellIfEnded();
        return ended;
    }

    private void tellIfEnded() {
        if (isLast && gates.isEmpty()) {
            ended.trySuccess(null);
        }
    }
}
