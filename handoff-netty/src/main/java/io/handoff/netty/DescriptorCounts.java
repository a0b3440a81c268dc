package io.handoff.netty;

import java.util.concurrent.atomic.LongAdder;

/** What has become of the descriptors that one server has received. Safe from any thread. */
final class DescriptorCounts {

    final LongAdder received = new LongAdder();
    final LongAdder adopted = new LongAdder();
    final LongAdder closed = new LongAdder();

    /** How many have been neither adopted nor closed yet: the ends are summed up first, so that there are never fewer than none. */
    long open() {
        long ended = adopted.sum() + closed.sum();
        return received.sum() - ended;
    }
}
