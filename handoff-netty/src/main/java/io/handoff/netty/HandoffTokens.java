package io.handoff.netty;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;

/**
 * The face of a {@link HandoffTokenStore} for any thread: every call runs on the store's event loop, at that loop's
 * time, and answers with a future that is completed there; at once if the caller is on that loop.
 *
 * <p>Calls made from one thread take effect in the order they were made. On a loop that has been shut down every future
 * fails with {@link RejectedExecutionException}.
 */
public final class HandoffTokens {

    private final HandoffTokenStore store;

    /**
     * Wraps a store.
     *
     * @param store the store; whoever else uses it does so on its event loop
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
     * @return empty if the token has been consumed by this call, else why not
     */
    public Future<Optional<HandoffRejection>> consume(HandoffToken expected, HandoffToken presented) {
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
     * Counts the tokens held, among them expired ones that have not been dropped yet.
     *
     * @return the number of tokens
     */
    public Future<Integer> pendingCount() {
        return onLoop(store::pendingCount);
    }

    /** To be read from any thread. */
    TokenCounts counts() {
        return store.counts();
    }

    /** The event loop that the store is confined to. */
    EventExecutor executor() {
        return store.executor();
    }

    /** Whether the calling thread may use {@link #consumeHere}. */
    boolean isHere() {
        return store.executor().inEventLoop();
    }

    /** The way of {@link #consume} for a caller that is on the store's event loop already, and knows its time. */
    Optional<HandoffRejection> consumeHere(HandoffToken expected, HandoffToken presented, long nowNanos) {
        return store.consume(expected, presented, nowNanos);
    }

    /** The way of {@link #register} for a caller that is on the store's event loop already. */
    void registerHere(HandoffToken token) {
        store.register(token, now());
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
