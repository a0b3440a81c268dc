package io.handoff.netty.takeover;

import java.time.Duration;
import java.util.function.Consumer;

/** The settings of a {@link HandoffTakeover}; {@link HandoffTakeoverBuilder} documents and validates each. */
record TakeoverSettings(
        int atOnce,
        int perSecond,
        Duration retryAfter,
        Duration awaitSuccessor,
        Duration deadline,
        Consumer<? super TakeoverReport> progress) {

    /** As many in a second as can be. */
    static final int UNPACED = 0;
}
