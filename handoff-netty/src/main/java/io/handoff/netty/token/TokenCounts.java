package io.handoff.netty.token;

import java.util.concurrent.atomic.LongAdder;

/** What has become of the tokens of one store. Counted on its event loop, read from any thread. Not API. */
public final class TokenCounts {

    /** Drawn and made pending here. */
    public final LongAdder issued = new LongAdder();

    /** Drawn elsewhere and made pending. */
    public final LongAdder registered = new LongAdder();

    /** Consumed by an offer. */
    public final LongAdder consumed = new LongAdder();

    /** Dropped because their time was over. */
    public final LongAdder expired = new LongAdder();

    /** Taken back. */
    public final LongAdder revoked = new LongAdder();

    /** Begins at zero. */
    public TokenCounts() {}

    /**
     * How many the store holds: the ends are summed up first, so that none is missed whose beginning is not counted.
     *
     * @return the number of tokens
     */
    public long pending() {
        long ended = consumed.sum() + expired.sum() + revoked.sum();
        return issued.sum() + registered.sum() - ended;
    }
}
