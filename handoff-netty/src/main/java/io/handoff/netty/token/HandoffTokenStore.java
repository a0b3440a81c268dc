package io.handoff.netty.token;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The pending one-time tokens (WIRE §6): bounded in number, bounded in time, each consumed at most once.
 *
 * <p><b>Threading.</b> A store is confined to the event executor that it was made for, and has no lock. Every method
 * throws {@link IllegalStateException} if it is called elsewhere. {@link HandoffTokens} is for other threads.
 *
 * <p><b>Time</b> is a parameter: nanoseconds of one monotonic clock that never goes back, normally the
 * {@linkplain EventExecutor#ticker() ticker} of the executor. A token is pending from the instant it is issued until
 * just before the instant that is its time to live later.
 *
 * <p><b>Cost.</b> All tokens live equally long, so they expire in the order in which they were issued. Expired ones are
 * dropped from the old end, {@value #MAX_PRUNED_AT_ONCE} at most in one call, so that no single call pays for a million of them.
 * No operation takes longer because more tokens are pending.
 */
public final class HandoffTokenStore {

    /** Tokens pending at once, unless configured. */
    public static final int DEFAULT_MAX_PENDING = 1024;

    /** Time to live of a token, unless configured. */
    public static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofSeconds(30);

    /** Random candidates tried for one token before giving up. */
    static final int DEFAULT_COLLISION_ATTEMPTS = 16;

    static final int MAX_PRUNED_AT_ONCE = 1024;

    private final EventExecutor executor;
    private final int maxPending;
    private final long timeToLiveNanos;
    private final int collisionAttempts;
    private final Supplier<HandoffToken> random;

    /** In the order of issue, which is the order of expiry. */
    private final PendingTokens pending = new PendingTokens();

    private final TokenCounts counts = new TokenCounts();

    /**
     * Makes an empty store.
     *
     * @param executor the executor it is confined to
     * @param maxPending how many tokens may be pending at once, at least 1
     * @param timeToLive how long a token stays pending, more than zero
     * @throws IllegalArgumentException if a bound is zero or negative
     */
    public HandoffTokenStore(EventExecutor executor, int maxPending, Duration timeToLive) {
        this(executor, maxPending, timeToLive, DEFAULT_COLLISION_ATTEMPTS, HandoffToken::random);
    }

    HandoffTokenStore(
            EventExecutor executor,
            int maxPending,
            Duration timeToLive,
            int collisionAttempts,
            Supplier<HandoffToken> random) {
        this.executor = executor;
        this.maxPending = Bounds.positive(maxPending, "maxPending");
        this.timeToLiveNanos = Bounds.positive(timeToLive, "timeToLive").toNanos();
        this.collisionAttempts = Bounds.positive(collisionAttempts, "collisionAttempts");
        this.random = random;
    }

    /**
     * Draws a new random token and makes it pending.
     *
     * @param nowNanos the time
     * @return the token
     * @throws HandoffTokenException if too many tokens are pending, or every candidate was pending already
     */
    public HandoffToken issue(long nowNanos) {
        makeRoom(nowNanos);
        for (int attempt = 0; attempt < collisionAttempts; attempt++) {
            HandoffToken token = random.get();
            if (makePending(token, nowNanos)) {
                counts.issued.increment();
                return token;
            }
        }
        throw HandoffTokenException.collisionsExhausted(collisionAttempts);
    }

    /**
     * Makes a token pending that was drawn elsewhere, and came here in the environment for example.
     *
     * @param token the token
     * @param nowNanos the time
     * @throws HandoffTokenException if too many tokens are pending, or this one is pending already
     */
    public void register(HandoffToken token, long nowNanos) {
        makeRoom(nowNanos);
        if (!makePending(token, nowNanos)) {
            throw HandoffTokenException.alreadyPending();
        }
        counts.registered.increment();
    }

    /**
     * Judges a presented token, and consumes the expected one if they are the same.
     *
     * <p>Three things are checked in this order, and the first that is wrong decides. Is the expected token pending? Is it
     * still within its time? If not, it is dropped. Is the presented token the same? If not, nothing is consumed.
     *
     * @param expected the token that the presented one has to be
     * @param presented the token that the peer showed
     * @param nowNanos the time
     * @return whether the token has been consumed by this call, and if not, why
     */
    public TokenVerdict consume(HandoffToken expected, HandoffToken presented, long nowNanos) {
        checkConfined();
        TokenVerdict verdict = judge(expected, presented, nowNanos);
        prune(nowNanos);
        return verdict;
    }

    private TokenVerdict judge(HandoffToken expected, HandoffToken presented, long nowNanos) {
        int found = pending.find(expected);
        if (found == PendingTokens.NONE) {
            return TokenVerdict.NOT_PENDING;
        }
        if (isExpired(found, nowNanos)) {
            drop(found);
            return TokenVerdict.EXPIRED;
        }
        if (!expected.equals(presented)) {
            return TokenVerdict.MISMATCH;
        }
        pending.remove(found);
        counts.consumed.increment();
        return TokenVerdict.CONSUMED;
    }

    /**
     * Takes a token back without consuming it. Whoever presents it later is told that it is not pending.
     *
     * @param token the token
     * @return whether it was pending
     */
    public boolean revoke(HandoffToken token) {
        checkConfined();
        return revoke(pending.find(token));
    }

    /**
     * Takes a token back as {@link #revoke(HandoffToken)} does, unless the same bytes have been made pending again since: that is
     * another's token.
     *
     * @param token the token
     * @param pendingSinceNanos the time at which it was made pending
     * @return whether it was pending since then
     */
    public boolean revoke(HandoffToken token, long pendingSinceNanos) {
        checkConfined();
        int found = pending.find(token);
        boolean isTheSame =
                found != PendingTokens.NONE && pending.expiresAt(found) == pendingSinceNanos + timeToLiveNanos;
        return isTheSame && revoke(found);
    }

    private boolean revoke(int found) {
        if (found == PendingTokens.NONE) {
            return false;
        }
        pending.remove(found);
        counts.revoked.increment();
        return true;
    }

    /**
     * Counts the tokens held. Expired ones that have not been dropped yet are among them.
     *
     * @return the number of tokens
     */
    public int pendingCount() {
        checkConfined();
        return pending.size();
    }

    /**
     * Tells where the store lives.
     *
     * @return the executor that it is confined to
     */
    public EventExecutor executor() {
        return executor;
    }

    TokenCounts counts() {
        return counts;
    }

    private void makeRoom(long nowNanos) {
        checkConfined();
        prune(nowNanos);
        if (pending.size() >= maxPending) {
            throw HandoffTokenException.pendingLimitReached(maxPending);
        }
    }

    private boolean makePending(HandoffToken token, long nowNanos) {
        int found = pending.find(token);
        if (found != PendingTokens.NONE) {
            if (!isExpired(found, nowNanos)) {
                return false;
            }
            // To be put at the end of the queue, not into its old place.
            drop(found);
        }
        pending.add(token, nowNanos + timeToLiveNanos);
        return true;
    }

    private void prune(long nowNanos) {
        for (int pruned = 0; pruned < MAX_PRUNED_AT_ONCE; pruned++) {
            int oldest = pending.oldest();
            if (oldest == PendingTokens.NONE || !isExpired(oldest, nowNanos)) {
                return;
            }
            drop(oldest);
        }
    }

    private void drop(int expired) {
        pending.remove(expired);
        counts.expired.increment();
    }

    /** Compares by difference, as {@link System#nanoTime()} demands: the clock may wrap. */
    private boolean isExpired(int entry, long nowNanos) {
        return nowNanos - pending.expiresAt(entry) >= 0;
    }

    private void checkConfined() {
        if (!executor.inEventLoop()) {
            throw new IllegalStateException(
                    "HandoffTokenStore is confined to " + executor + "; call it there, or use HandoffTokens");
        }
    }
}
