package io.handoff.reliability.soak;

import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokens;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Issues tokens at a steady rate, as to brokers that never come. */
final class SoakIssuer {

    private final HandoffTokens tokens;
    private final Future<?> issuing;

    SoakIssuer(HandoffTokens tokens, EventExecutor executor, int perSecond) {
        this.tokens = tokens;
        long periodNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.issuing = executor.scheduleAtFixedRate(tokens::issue, periodNanos, periodNanos, TimeUnit.NANOSECONDS);
    }

    /** Issues no more, but one, for with it the store drops those that have expired, and takes that one back. */
    void stop() throws ExecutionException, InterruptedException {
        issuing.cancel(false);
        HandoffToken last = tokens.issue().get();
        tokens.revoke(last).get();
    }
}
