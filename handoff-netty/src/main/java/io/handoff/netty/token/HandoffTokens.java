package io.handoff.netty.token;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link HandoffTokenStore} for use from any thread. Every call runs on the store's event loop, at that loop's time, and
 * returns a future that is completed there. If the caller is on that loop, it is completed at once.
 *
 * <p>Calls from one thread take effect in the order in which they were made. If the loop has been shut down, every future
 * fails with {@link RejectedExecutionException}.
 */
public final class HandoffTokens {

    private final HandoffTokenStore store;

    /**
     * Wraps a store.
     *
     * @param store the store; anyone else who uses it has to do so on its event loop
     */
    public HandoffTokens(HandoffTokenStore store) {
        this.store = store;
    }

    /**
     * Draws a new random token and makes it pending.
     *
     * @return the token, or a {@link HandoffTokenException}
     */
    public Future<HandoffToken> issue() {
        return onLoop(() -> store.issue(now()));
    }

    /**
     * Makes a token pending that was drawn elsewhere.
     *
     * @param token the token
     * @return success once it is pending, or a {@link HandoffTokenException}
     */
    public Future<Void> register(HandoffToken token) {
        return onLoop(() -> {
            store.register(token, now());
            return null;
        });
    }

    /**
     * Judges a presented token, and consumes the expected one if they are the same; see
     * {@link HandoffTokenStore#consume}.
     *
     * @param expected the token that the presented one has to be
     * @param presented the token that the peer showed
     * @return whether the token has been consumed by this call, and if not, why
     */
    public Future<TokenVerdict> consume(HandoffToken expected, HandoffToken presented) {
        return onLoop(() -> store.consume(expected, presented, now()));
    }

    /**
     * Takes a token back without consuming it.
     *
     * @param token the token
     * @return whether it was pending
     */
    public Future<Boolean> revoke(HandoffToken token) {
        return onLoop(() -> store.revoke(token));
    }

    /**
     * Takes a token back unless it has been made pending again since; see {@link HandoffTokenStore#revoke(HandoffToken, long)}.
     *
     * @param token the token
     * @param pendingSinceNanos the time at which it was made pending
     * @return whether it was pending since then
     */
    public Future<Boolean> revoke(HandoffToken token, long pendingSinceNanos) {
        return onLoop(() -> store.revoke(token, pendingSinceNanos));
    }

    /**
     * Counts the tokens held. Expired ones that have not been dropped yet are among them.
     *
     * @return the number of tokens
     */
    public Future<Integer> pendingCount() {
        return onLoop(store::pendingCount);
    }

    /**
     * Gives the store itself to a caller that is on its event loop already, and so needs no future.
     *
     * @return the store; null on any other thread
     */
    public @Nullable HandoffTokenStore storeHere() {
        return store.executor().inEventLoop() ? store : null;
    }

    /**
     * Tells what has become of the tokens.
     *
     * @return the counts, to be read from any thread
     */
    public TokenCounts counts() {
        return store.counts();
    }

    /**
     * Tells where the store lives.
     *
     * @return the event loop that it is confined to
     */
    public EventExecutor executor() {
        return store.executor();
    }

    private long now() {
        return store.executor().ticker().nanoTime();
    }

    private <T> Future<T> onLoop(Callable<T> call) {
        EventExecutor loop = store.executor();
        try {
            return loop.inEventLoop() ? called(call, loop) : loop.submit(call);
        } catch (RejectedExecutionException e) {
            // The loop is gone, and a future of its own would notify nobody.
            return ImmediateEventExecutor.INSTANCE.newFailedFuture(e);
        }
    }

    private static <T> Future<T> called(Callable<T> call, EventExecutor loop) {
        try {
            return loop.newSucceededFuture(call.call());
        } catch (Exception e) {
            return loop.newFailedFuture(e);
        }
    }
}
