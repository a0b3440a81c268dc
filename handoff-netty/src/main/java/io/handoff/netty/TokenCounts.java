package io.handoff.netty;

import java.util.concurrent.atomic.LongAdder;

/** What has become of the tokens of one store. Counted on its event loop, read from any thread. */
final class TokenCounts {

    final LongAdder issued = new LongAdder();
    final LongAdder registered = new LongAdder();
    final LongAdder consumed = new LongAdder();
    final LongAdder expired = new LongAdder();
    final LongAdder revoked = new LongAdder();

    /** How many the store holds: the ends are summed up first, so that none is missed whose beginning is not counted. */
    long pending() {
        long ended = consumed.sum() + expired.sum() + revoked.sum();
        return issued.sum() + registered.sum() - ended;
    }
}
