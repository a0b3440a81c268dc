package io.handoff.netty.descriptor;

import java.util.concurrent.atomic.LongAdder;

/** What has become of the descriptors that one server has received. Safe from any thread. */
public final class DescriptorCounts {

    public final LongAdder received = new LongAdder();
    public final LongAdder adopted = new LongAdder();
    public final LongAdder closed = new LongAdder();

    /** How many have been neither adopted nor closed yet: the ends are summed up first, so that there are never fewer than none. */
    public long open() {
        long ended = adopted.sum() + closed.sum();
        return received.sum() - ended;
    }
}
