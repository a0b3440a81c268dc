package io.handoff.netty.observe;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The handoff connections of one server, as its counts have them. Not API; safe from any thread. */
public final class ConnectionCounts {

    /** How many are open now. */
    public final AtomicInteger open = new AtomicInteger();

    /** How many have ever been accepted and not refused. */
    public final LongAdder opened = new LongAdder();

    /** Begins at zero. */
    public ConnectionCounts() {}
}
