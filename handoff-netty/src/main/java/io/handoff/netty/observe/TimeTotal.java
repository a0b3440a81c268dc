package io.handoff.netty.observe;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** How often something was done, and how long that took altogether. Safe from any thread. */
final class TimeTotal {

    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    void add(int times, long nanosEach) {
        count.add(times);
        nanos.add(times * nanosEach);
    }

    long count() {
        return count.sum();
    }

    Duration time() {
        return Duration.ofNanos(nanos.sum());
    }
}
