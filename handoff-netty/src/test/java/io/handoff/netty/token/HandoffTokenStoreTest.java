package io.handoff.netty.token;

import static io.handoff.netty.token.TokenVerdict.CONSUMED;
import static io.handoff.netty.token.TokenVerdict.EXPIRED;
import static io.handoff.netty.token.TokenVerdict.MISMATCH;
import static io.handoff.netty.token.TokenVerdict.NOT_PENDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.handoff.netty.wire.Rejections;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandoffTokenStoreTest {

    private static final long TTL = 1_000;
    private static final Duration TIME_TO_LIVE = Duration.ofNanos(TTL);
    private static final long NOW = 5_000_000;
    private static final HandoffToken A = token(1);
    private static final HandoffToken B = token(2);
    private static final HandoffToken C = token(3);

    private final HandoffTokenStore store = storeOf(16);

    @Test
    void shouldConsumeAnIssuedTokenOnce() {
        HandoffToken token = store.issue(NOW);
        assertThat(store.pendingCount()).isEqualTo(1);

        assertThat(store.consume(token, token, NOW)).isEqualTo(CONSUMED);
        assertThat(store.pendingCount()).isZero();
        assertThat(store.consume(token, token, NOW)).isEqualTo(NOT_PENDING);
    }

    @Test
    void shouldConsumeARegisteredTokenOnce() {
        store.register(A, NOW);

        assertThat(store.consume(A, HandoffToken.ofBytes(A.toBytes()), NOW + 1)).isEqualTo(CONSUMED);
        assertThat(store.consume(A, A, NOW + 2)).isEqualTo(NOT_PENDING);
        assertThat(store.consume(A, A, NOW + TTL)).isEqualTo(NOT_PENDING);
    }

    @Test
    void shouldIssueDistinctRandomTokens() {
        HandoffToken first = store.issue(NOW);
        HandoffToken second = store.issue(NOW);

        assertThat(first).isNotEqualTo(second);
        assertThat(store.consume(second, second, NOW)).isEqualTo(CONSUMED);
        assertThat(store.consume(first, first, NOW)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldHaveTheTextsOfTheReference() {
        store.register(A, NOW);

        assertThat(Rejections.of(store.consume(B, B, NOW)).detail()).isEqualTo("handoff token is not pending");
        assertThat(Rejections.of(store.consume(A, B, NOW)).detail()).isEqualTo("handoff token mismatch");
        assertThat(Rejections.of(store.consume(A, A, NOW + TTL)).detail()).isEqualTo("handoff token expired");
    }

    @Test
    void shouldConsumeATokenAtTheLastInstantOfItsLife() {
        store.register(A, NOW);

        assertThat(store.consume(A, A, NOW + TTL - 1)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldDropATokenThatExpiresAtThisInstant() {
        store.register(A, NOW);

        assertThat(store.consume(A, A, NOW + TTL)).isEqualTo(EXPIRED);
        assertThat(store.pendingCount()).isZero();
        assertThat(store.consume(A, A, NOW + TTL)).isEqualTo(NOT_PENDING);
    }

    @Test
    void shouldSayExpiredOfTheExpectedTokenWhenOlderAndNewerOnesExpireWithIt() {
        store.register(A, NOW);
        store.register(B, NOW);
        store.register(C, NOW);

        assertThat(store.consume(B, B, NOW + TTL)).isEqualTo(EXPIRED);
        assertThat(store.pendingCount()).isZero();
        assertThat(store.consume(A, A, NOW + TTL)).isEqualTo(NOT_PENDING);
        assertThat(store.consume(C, C, NOW + TTL)).isEqualTo(NOT_PENDING);
    }

    @Test
    void shouldSayExpiredRatherThanMismatchWhenTheExpectedTokenIsBoth() {
        store.register(A, NOW);
        store.register(B, NOW + 1);

        assertThat(store.consume(A, B, NOW + TTL)).isEqualTo(EXPIRED);
        assertThat(store.consume(B, B, NOW + TTL)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldSayNotPendingOfAnExpiredTokenThatAnIssueHasPruned() {
        store.register(A, NOW);
        store.issue(NOW + TTL);

        assertThat(store.pendingCount()).isEqualTo(1);
        assertThat(store.consume(A, A, NOW + TTL)).isEqualTo(NOT_PENDING);
    }

    @Test
    void shouldKeepBothTokensOnAMismatch() {
        store.register(A, NOW);
        store.register(B, NOW);

        assertThat(store.consume(A, B, NOW)).isEqualTo(MISMATCH);
        assertThat(store.pendingCount()).isEqualTo(2);
        assertThat(store.consume(A, A, NOW)).isEqualTo(CONSUMED);
        assertThat(store.consume(B, B, NOW)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldSayNotPendingRatherThanMismatchWhenTheExpectedTokenIsBoth() {
        store.register(B, NOW);

        assertThat(store.consume(A, B, NOW)).isEqualTo(NOT_PENDING);
        assertThat(store.consume(B, B, NOW)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldNotProlongATokenOnAMismatch() {
        store.register(A, NOW);

        assertThat(store.consume(A, B, NOW + TTL - 1)).isEqualTo(MISMATCH);
        assertThat(store.consume(A, A, NOW + TTL)).isEqualTo(EXPIRED);
    }

    @Test
    void shouldRefuseToIssueOrRegisterWhenFull() {
        HandoffTokenStore full = storeOf(2);
        full.register(A, NOW);
        full.issue(NOW);

        assertRefused("handoff token pending limit reached (2)", () -> full.issue(NOW + TTL - 1));
        assertRefused("handoff token pending limit reached (2)", () -> full.register(C, NOW + TTL - 1));
        assertThat(full.pendingCount()).isEqualTo(2);
        assertThat(full.consume(A, A, NOW + TTL - 1)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldHaveRoomAgainAfterAConsume() {
        HandoffTokenStore full = storeOf(1);
        full.register(A, NOW);
        assertRefused("handoff token pending limit reached (1)", () -> full.register(B, NOW));

        assertThat(full.consume(A, A, NOW)).isEqualTo(CONSUMED);
        full.register(B, NOW);
        assertThat(full.consume(B, B, NOW)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldHaveRoomAgainAfterARevoke() {
        HandoffTokenStore full = storeOf(1);
        full.register(A, NOW);

        assertThat(full.revoke(A)).isTrue();
        HandoffToken issued = full.issue(NOW);
        assertThat(full.consume(issued, issued, NOW)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldHaveRoomAgainOnceTokensExpire() {
        HandoffTokenStore full = storeOf(2);
        full.register(A, NOW);
        full.register(B, NOW + 1);

        full.register(C, NOW + TTL);
        assertThat(full.pendingCount()).isEqualTo(2);
        assertRefused("handoff token pending limit reached (2)", () -> full.issue(NOW + TTL));
        assertThat(full.consume(B, B, NOW + TTL)).isEqualTo(CONSUMED);
        assertThat(full.consume(C, C, NOW + TTL)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldPruneAtMostSoManyAtOnce() {
        int backlog = 2 * HandoffTokenStore.MAX_PRUNED_AT_ONCE + 10;
        HandoffTokenStore big = filledStore(backlog);

        HandoffToken issued = big.issue(NOW + TTL);
        assertThat(big.pendingCount()).isEqualTo(backlog - HandoffTokenStore.MAX_PRUNED_AT_ONCE + 1);
        assertThat(big.consume(A, A, NOW + TTL)).isEqualTo(NOT_PENDING);
        assertThat(big.pendingCount()).isEqualTo(10 + 1);
        big.register(A, NOW + TTL);
        assertThat(big.pendingCount()).isEqualTo(2);
        assertThat(big.consume(issued, issued, NOW + TTL)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldIssueWhileABigBacklogIsExpired() {
        int backlog = 5 * HandoffTokenStore.MAX_PRUNED_AT_ONCE;
        HandoffTokenStore big = filledStore(backlog);
        assertRefused("handoff token pending limit reached (" + backlog + ")", () -> big.issue(NOW + TTL - 1));

        for (int i = 0; i < backlog; i++) {
            big.issue(NOW + TTL);
        }
        assertThat(big.pendingCount()).isEqualTo(backlog);
        assertRefused("handoff token pending limit reached (" + backlog + ")", () -> big.issue(NOW + TTL));
    }

    @Test
    void shouldSayExpiredOfATokenDeepInAnExpiredBacklog() {
        int backlog = 3 * HandoffTokenStore.MAX_PRUNED_AT_ONCE;
        HandoffTokenStore big = filledStore(backlog);
        HandoffToken last = token(1_000 + backlog - 1);

        assertThat(big.consume(last, last, NOW + TTL)).isEqualTo(EXPIRED);
        assertThat(big.consume(last, last, NOW + TTL)).isEqualTo(NOT_PENDING);
    }

    @Test
    void shouldTryAnotherCandidateWhenOneIsPendingAlready() {
        HandoffTokenStore drawing = storeDrawing(repeated(A, 15), B);
        drawing.register(A, NOW);

        assertThat(drawing.issue(NOW)).isEqualTo(B);
        assertThat(drawing.pendingCount()).isEqualTo(2);
    }

    @Test
    void shouldGiveUpAfterSixteenCollisions() {
        HandoffTokenStore drawing = storeDrawing(repeated(A, 16), B);
        drawing.register(A, NOW);

        assertRefused("handoff token allocation exhausted after 16 collision attempts", () -> drawing.issue(NOW));
        assertThat(drawing.pendingCount()).isEqualTo(1);
        // Sixteen were drawn and no more: the seventeenth is the next one.
        assertThat(drawing.issue(NOW)).isEqualTo(B);
    }

    @Test
    void shouldNotProlongATokenThatACandidateCollidesWith() {
        HandoffTokenStore drawing = storeDrawing(repeated(A, 1), B);
        drawing.register(A, NOW);

        assertThat(drawing.issue(NOW + TTL - 1)).isEqualTo(B);
        assertThat(drawing.consume(A, A, NOW + TTL)).isEqualTo(EXPIRED);
        assertThat(drawing.consume(B, B, NOW + TTL)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldDrawNothingWhenFull() {
        HandoffTokenStore drawing = storeOf(1, 16, () -> {
            throw new AssertionError("drew a candidate without need");
        });
        drawing.register(A, NOW);

        assertRefused("handoff token pending limit reached (1)", () -> drawing.issue(NOW));
    }

    @Test
    void shouldRefuseToRegisterAPendingTokenAndNotProlongIt() {
        store.register(A, NOW);

        assertRefused("handoff token is already pending", () -> store.register(A, NOW + TTL - 1));
        assertThat(store.pendingCount()).isEqualTo(1);
        assertThat(store.consume(A, A, NOW + TTL)).isEqualTo(EXPIRED);
    }

    @Test
    void shouldRegisterATokenAgainOnceItIsConsumedOrRevoked() {
        store.register(A, NOW);
        assertThat(store.consume(A, A, NOW)).isEqualTo(CONSUMED);
        store.register(A, NOW);
        assertThat(store.revoke(A)).isTrue();
        store.register(A, NOW);

        assertThat(store.consume(A, A, NOW)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldRegisterATokenAgainOnceItIsExpired() {
        store.register(A, NOW);
        store.register(A, NOW + TTL);

        assertThat(store.pendingCount()).isEqualTo(1);
        assertThat(store.consume(A, A, NOW + 2 * TTL - 1)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldRegisterAnExpiredTokenAgainWhenPruningHasNotComeToIt() {
        int backlog = 2 * HandoffTokenStore.MAX_PRUNED_AT_ONCE;
        HandoffTokenStore big = filledStore(backlog);
        HandoffToken unpruned = token(1_000 + HandoffTokenStore.MAX_PRUNED_AT_ONCE);

        big.register(unpruned, NOW + TTL);

        assertThat(big.pendingCount()).isEqualTo(backlog - HandoffTokenStore.MAX_PRUNED_AT_ONCE);
        // It is the newest now: it must neither expire with the old ones nor keep them from being pruned.
        HandoffToken issued = big.issue(NOW + TTL);
        assertThat(big.pendingCount()).isEqualTo(2);
        assertThat(big.consume(unpruned, unpruned, NOW + 2 * TTL - 1)).isEqualTo(CONSUMED);
        assertThat(big.consume(issued, issued, NOW + 2 * TTL - 1)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldRevokeAPendingTokenOnce() {
        store.register(A, NOW);
        store.register(B, NOW);

        assertThat(store.revoke(A)).isTrue();
        assertThat(store.revoke(A)).isFalse();
        assertThat(store.revoke(C)).isFalse();
        assertThat(store.consume(A, A, NOW)).isEqualTo(NOT_PENDING);
        assertThat(store.consume(B, B, NOW)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldRevokeWhatWasMadePendingAtThatTimeAndNothingSince() {
        store.register(A, NOW);
        assertThat(store.revoke(A, NOW - 1)).isFalse();
        assertThat(store.revoke(A, NOW)).isTrue();
        assertThat(store.revoke(A, NOW)).isFalse();

        store.register(A, NOW + 1);
        assertThat(store.revoke(A, NOW)).isFalse();
        assertThat(store.consume(A, A, NOW + 1)).isEqualTo(CONSUMED);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - TTL, Long.MAX_VALUE - TTL / 2, Long.MAX_VALUE, Long.MIN_VALUE, -TTL, -1, 0})
    void shouldExpireOnTimeWhereverTheClockWraps(long start) {
        store.register(A, start);
        store.register(B, start);
        store.register(C, start + 1);

        assertThat(store.consume(A, A, start + TTL - 1)).isEqualTo(CONSUMED);
        assertThat(store.consume(B, B, start + TTL)).isEqualTo(EXPIRED);
        assertThat(store.consume(C, C, start + TTL)).isEqualTo(CONSUMED);
    }

    @Test
    void shouldKeepTokensForTheLongestTimeToLive() {
        HandoffTokenStore patient =
                new HandoffTokenStore(ImmediateEventExecutor.INSTANCE, 2, Duration.ofNanos(Long.MAX_VALUE));
        long now = System.nanoTime();
        patient.register(A, now);
        patient.register(B, now);

        assertThat(patient.consume(A, A, now + Long.MAX_VALUE - 1)).isEqualTo(CONSUMED);
        assertThat(patient.consume(B, B, now + Long.MAX_VALUE)).isEqualTo(EXPIRED);
    }

    @Test
    void shouldHaveTheDefaultsOfTheReference() {
        assertThat(HandoffTokenStore.DEFAULT_MAX_PENDING).isEqualTo(1024);
        assertThat(HandoffTokenStore.DEFAULT_TIME_TO_LIVE).isEqualTo(Duration.ofSeconds(30));
        assertThat(HandoffTokenStore.DEFAULT_COLLISION_ATTEMPTS).isEqualTo(16);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void shouldRefuseBoundsThatAreNotPositive(int bound) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HandoffTokenStore(ImmediateEventExecutor.INSTANCE, bound, TIME_TO_LIVE))
                .withMessage("maxPending was %d; expected a positive number", bound);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> storeOf(1, bound, HandoffToken::random))
                .withMessage("collisionAttempts was %d; expected a positive number", bound);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-0.000000001S", "PT-30S", "PT9223372036.854775808S", "P365000D"})
    void shouldRefuseATimeToLiveThatIsNoneOrDoesNotFit(Duration timeToLive) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HandoffTokenStore(ImmediateEventExecutor.INSTANCE, 1, timeToLive))
                .withMessage(
                        "timeToLive was %s; expected a positive duration of at most 9223372036854775807 ns",
                        timeToLive);
    }

    @Test
    void shouldRefuseEveryCallFromAnotherThreadThanItsExecutors() throws Exception {
        EventExecutor executor = new DefaultEventExecutor();
        try {
            HandoffTokenStore confined = new HandoffTokenStore(executor, 4, TIME_TO_LIVE);
            executor.submit(() -> confined.register(A, NOW)).get(10, TimeUnit.SECONDS);

            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> confined.issue(NOW),
                    () -> confined.register(B, NOW),
                    () -> confined.consume(A, A, NOW),
                    () -> confined.revoke(A),
                    confined::pendingCount)) {
                assertThatIllegalStateException()
                        .isThrownBy(call)
                        .withMessageStartingWith("HandoffTokenStore is confined to ")
                        .withMessageEndingWith("; call it there, or use HandoffTokens");
            }
            assertThat(executor.submit(confined::pendingCount).get(10, TimeUnit.SECONDS))
                    .isEqualTo(1);
            assertThat(executor.submit(() -> confined.consume(A, A, NOW)).get(10, TimeUnit.SECONDS))
                    .isEqualTo(CONSUMED);
        } finally {
            executor.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void shouldCountWhatBecomesOfItsTokens() {
        HandoffToken issued = store.issue(NOW);
        store.register(A, NOW);
        store.register(B, NOW + 1);
        store.register(C, NOW + 1);

        store.consume(issued, issued, NOW);
        store.consume(A, B, NOW);
        store.revoke(C);
        store.revoke(C);
        store.consume(C, C, NOW);
        store.consume(A, A, NOW + TTL);
        store.register(token(4), NOW + TTL + 1);

        TokenCounts counts = store.counts();
        assertThat(counts.issued.sum()).isEqualTo(1);
        assertThat(counts.registered.sum()).isEqualTo(4);
        assertThat(counts.consumed.sum()).isEqualTo(1);
        assertThat(counts.revoked.sum()).isEqualTo(1);
        assertThat(counts.expired.sum()).as("one asked for, one pruned").isEqualTo(2);
        assertThat(counts.pending()).isEqualTo(1);
    }

    /** Runs the store against {@link ReferenceStore}; the start of the clock makes it wrap on the way. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void shouldAnswerLikeTheReferenceWhateverIsAsked(int maxPending) {
        long seed = Long.getLong("handoff.test.seed", System.nanoTime());
        System.out.println("handoff.test.seed=" + seed + " maxPending=" + maxPending);
        int tokenCount = 8;
        Random choices = new Random(seed);
        Random candidates = new Random(seed + 1);
        Random sameCandidates = new Random(seed + 1);
        HandoffTokenStore tested = storeOf(maxPending, 2, () -> token(candidates.nextInt(tokenCount)));
        ReferenceStore reference = new ReferenceStore(maxPending, 2, () -> token(sameCandidates.nextInt(tokenCount)));

        long start = Long.MAX_VALUE - 2_000_000;
        long elapsed = 0;
        Map<String, Integer> outcomes = new HashMap<>();
        for (int step = 0; step < 100_000; step++) {
            elapsed += choices.nextInt(4) == 0 ? choices.nextInt((int) TTL / 2) : choices.nextInt(3);
            long then = elapsed;
            long now = start + elapsed;
            HandoffToken one = token(choices.nextInt(tokenCount));
            HandoffToken other = choices.nextInt(3) == 0 ? token(choices.nextInt(tokenCount)) : one;
            String got;
            String wanted;
            switch (choices.nextInt(6)) {
                case 0 -> {
                    got = outcome(() -> "issued " + tested.issue(now).toHex());
                    wanted = outcome(() -> "issued " + reference.issue(then).toHex());
                }
                case 1, 2 -> {
                    got = outcome(() -> registered(tested, one, now));
                    wanted = outcome(() -> reference.register(one, then));
                }
                case 3, 4 -> {
                    TokenVerdict verdict = tested.consume(one, other, now);
                    got = verdict == CONSUMED
                            ? "consumed"
                            : Rejections.of(verdict).detail();
                    wanted = reference.consume(one, other, then);
                }
                default -> {
                    got = "revoked " + tested.revoke(one);
                    wanted = "revoked " + reference.revoke(one);
                }
            }
            if (!got.equals(wanted)
                    || tested.pendingCount() != reference.pending.size()
                    || tested.counts().pending() != reference.pending.size()) {
                assertThat(got + ", then pending " + tested.pendingCount() + ", by the counts "
                                + tested.counts().pending())
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo(wanted + ", then pending " + reference.pending.size() + ", by the counts "
                                + reference.pending.size());
            }
            outcomes.merge(got.startsWith("issued") ? "issued" : got, 1, Integer::sum);
        }

        assertThat(start + elapsed).as("the clock has wrapped").isNegative();
        assertThat(outcomes)
                .as("seed %d: everything that can happen has happened", seed)
                .containsOnlyKeys(possibleOutcomes(maxPending));
    }

    private static Set<String> possibleOutcomes(int maxPending) {
        Set<String> outcomes = new HashSet<>(Set.of(
                "issued",
                "registered",
                "consumed",
                "revoked true",
                "revoked false",
                "handoff token is not pending",
                "handoff token expired",
                "handoff token mismatch",
                "handoff token pending limit reached (" + maxPending + ")"));
        if (maxPending > 1) {
            outcomes.add("handoff token is already pending");
            outcomes.add("handoff token allocation exhausted after 2 collision attempts");
        }
        return outcomes;
    }

    private static String registered(HandoffTokenStore store, HandoffToken token, long now) {
        store.register(token, now);
        return "registered";
    }

    private static String outcome(Supplier<String> call) {
        try {
            return call.get();
        } catch (HandoffTokenException e) {
            return Objects.requireNonNull(e.getMessage());
        }
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        assertThatExceptionOfType(HandoffTokenException.class).isThrownBy(call).withMessage(message);
    }

    private static HandoffToken token(int number) {
        return HandoffToken.ofBytes(
                ByteBuffer.allocate(HandoffToken.BYTES).putInt(12, number).array());
    }

    private static HandoffTokenStore storeOf(int maxPending) {
        return new HandoffTokenStore(ImmediateEventExecutor.INSTANCE, maxPending, TIME_TO_LIVE);
    }

    private static HandoffTokenStore storeOf(int maxPending, int collisionAttempts, Supplier<HandoffToken> random) {
        return new HandoffTokenStore(
                ImmediateEventExecutor.INSTANCE, maxPending, TIME_TO_LIVE, collisionAttempts, random);
    }

    /** A full store whose tokens, numbered from 1000, were registered at {@link #NOW} in their order. */
    private static HandoffTokenStore filledStore(int count) {
        HandoffTokenStore filled = storeOf(count);
        IntStream.range(0, count).forEach(i -> filled.register(token(1_000 + i), NOW));
        return filled;
    }

    private static HandoffTokenStore storeDrawing(Stream<HandoffToken> first, HandoffToken last) {
        Iterator<HandoffToken> candidates =
                Stream.concat(first, Stream.of(last)).iterator();
        return storeOf(16, HandoffTokenStore.DEFAULT_COLLISION_ATTEMPTS, candidates::next);
    }

    private static Stream<HandoffToken> repeated(HandoffToken token, int times) {
        return Stream.generate(() -> token).limit(times);
    }

    /** The reference peer's way: a plain map, swept on each call, on a clock that starts at zero. */
    private static final class ReferenceStore {

        final Map<HandoffToken, Long> pending = new HashMap<>();

        private final int maxPending;
        private final int collisionAttempts;
        private final Supplier<HandoffToken> random;

        ReferenceStore(int maxPending, int collisionAttempts, Supplier<HandoffToken> random) {
            this.maxPending = maxPending;
            this.collisionAttempts = collisionAttempts;
            this.random = random;
        }

        HandoffToken issue(long now) {
            makeRoom(now);
            for (int attempt = 0; attempt < collisionAttempts; attempt++) {
                HandoffToken candidate = random.get();
                if (!pending.containsKey(candidate)) {
                    pending.put(candidate, now + TTL);
                    return candidate;
                }
            }
            throw HandoffTokenException.collisionsExhausted(collisionAttempts);
        }

        /** The reference has no such call; it does what issuing a token of one's own choice would do. */
        String register(HandoffToken token, long now) {
            makeRoom(now);
            if (pending.containsKey(token)) {
                throw HandoffTokenException.alreadyPending();
            }
            pending.put(token, now + TTL);
            return "registered";
        }

        String consume(HandoffToken expected, HandoffToken presented, long now) {
            pending.entrySet().removeIf(held -> !held.getKey().equals(expected) && now >= held.getValue());
            Long expiresAt = pending.get(expected);
            if (expiresAt == null) {
                return "handoff token is not pending";
            }
            if (now >= expiresAt) {
                pending.remove(expected);
                return "handoff token expired";
            }
            if (!expected.equals(presented)) {
                return "handoff token mismatch";
            }
            pending.remove(expected);
            return "consumed";
        }

        boolean revoke(HandoffToken token) {
            return pending.remove(token) != null;
        }

        private void makeRoom(long now) {
            pending.values().removeIf(expiresAt -> now >= expiresAt);
            if (pending.size() >= maxPending) {
                throw HandoffTokenException.pendingLimitReached(maxPending);
            }
        }
    }
}
