package io.handoff.benchmarks.jmh;

import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.token.TokenVerdict;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * One token in and one token out of a store that holds many, again and again: the number pending stays as it is.
 *
 * <p>The token consumed is always the oldest, so that with many pending both the entry and its neighbours have left the
 * caches: the usual case of a busy backend, and the dear one. The time is read once for each call, as
 * {@link io.handoff.netty.token.HandoffTokens} does.
 */
public class TokenStore extends NanosecondsPerOperation {

    /** Tokens pending, before and after each operation. */
    @Param({"1000", "100000", "1000000"})
    public int pending;

    private final EventExecutor executor = ImmediateEventExecutor.INSTANCE;
    private final HandoffTokenStore store = new HandoffTokenStore(executor, Integer.MAX_VALUE, Duration.ofDays(1));

    /** The pending tokens in a ring; {@link #oldest} is the one issued first. */
    private HandoffToken[] tokens = {};

    private int oldest;

    /** Issues the tokens that are pending all the while. */
    @Setup
    public void fill() {
        tokens = new HandoffToken[pending];
        for (int i = 0; i < pending; i++) {
            tokens[i] = store.issue(now());
        }
    }

    /** Consumes the oldest token and issues a new one, drawn from the operating system's randomness. */
    @Benchmark
    public TokenVerdict consumeAndIssue() {
        TokenVerdict verdict = consumeOldest();
        replaceOldest(store.issue(now()));
        return verdict;
    }

    /** Consumes the oldest token and registers it anew: the store alone, without the randomness. */
    @Benchmark
    public TokenVerdict consumeAndRegister() {
        TokenVerdict verdict = consumeOldest();
        HandoffToken token = tokens[oldest];
        store.register(token, now());
        replaceOldest(token);
        return verdict;
    }

    int pendingCount() {
        return store.pendingCount();
    }

    private TokenVerdict consumeOldest() {
        HandoffToken token = tokens[oldest];
        return store.consume(token, token, now());
    }

    private void replaceOldest(HandoffToken token) {
        tokens[oldest] = token;
        oldest = oldest + 1 == tokens.length ? 0 : oldest + 1;
    }

    private long now() {
        return executor.ticker().nanoTime();
    }
}
