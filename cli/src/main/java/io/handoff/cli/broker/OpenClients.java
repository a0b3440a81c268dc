package io.handoff.cli.broker;

import io.handoff.cli.proxy.Relay;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** The clients that the broker has now, and their numbers. Thread-safe. */
final class OpenClients {

    private final AtomicLong lastId = new AtomicLong();
    private final Set<Relay> relays = new HashSet<>();
    private int undecided;

    /** Counts a client in, and numbers it. */
    long begin() {
        synchronized (this) {
            undecided++;
        }
        return lastId.incrementAndGet();
    }

    /** Counts one out of which it is decided what becomes of it. */
    synchronized void decided() {
        undecided--;
        notifyAll();
    }

    /** Counts it out as well, but it is proxied until that ends. */
    void proxied(Relay relay) {
        synchronized (this) {
            relays.add(relay);
        }
        decided();
        relay.end().addListener(ended -> {
            synchronized (this) {
                relays.remove(relay);
                notifyAll();
            }
        });
    }

    synchronized int undecidedNow() {
        return undecided;
    }

    synchronized int proxiedNow() {
        return relays.size();
    }

    /** Waits until of every client it is decided what becomes of it, and returns whether that has come about. */
    boolean awaitDecisions(Duration timeout) throws InterruptedException {
        return await(() -> undecided == 0, timeout);
    }

    /** Waits until nobody is proxied any more, and then ends the rest. */
    void endRelays(Duration timeout, Duration timeToStop) throws InterruptedException {
        if (await(relays::isEmpty, timeout)) {
            return;
        }
        List<Relay> rest;
        synchronized (this) {
            rest = List.copyOf(relays);
        }
        rest.forEach(Relay::stop);
        await(relays::isEmpty, timeToStop);
    }

    private synchronized boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        long left = timeout.toNanos();
        while (!condition.getAsBoolean() && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = deadline - System.nanoTime();
        }
        return condition.getAsBoolean();
    }
}
