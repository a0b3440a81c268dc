package io.handoff.netty.token;

import static io.handoff.netty.token.TokenVerdict.CONSUMED;
import static io.handoff.netty.token.TokenVerdict.EXPIRED;
import static io.handoff.netty.token.TokenVerdict.MISMATCH;
import static io.handoff.netty.token.TokenVerdict.NOT_PENDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandoffTokensTest {

    private static final HandoffToken A = HandoffToken.ofHex("a".repeat(32));
    private static final HandoffToken B = HandoffToken.ofHex("b".repeat(32));

    private final EventExecutor loop = new DefaultEventExecutor();
    private final HandoffTokens tokens = new HandoffTokens(new HandoffTokenStore(loop, 2, Duration.ofHours(1)));

    @AfterEach
    void shutDown() {
        loop.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void shouldIssueAndConsumeFromAnotherThread() throws Exception {
        HandoffToken token = get(tokens.issue());

        assertThat(get(tokens.pendingCount())).isEqualTo(1);
        assertThat(get(tokens.consume(token, token))).isEqualTo(CONSUMED);
        assertThat(get(tokens.consume(token, token))).isEqualTo(NOT_PENDING);
        assertThat(get(tokens.pendingCount())).isZero();
    }

    @Test
    void shouldRegisterAndRevokeFromAnotherThread() throws Exception {
        get(tokens.register(A));

        assertThat(get(tokens.consume(A, B))).isEqualTo(MISMATCH);
        assertThat(get(tokens.revoke(A))).isTrue();
        assertThat(get(tokens.revoke(A))).isFalse();
        assertThat(get(tokens.consume(A, A))).isEqualTo(NOT_PENDING);
    }

    @Test
    void shouldRegisterAndConsumeAtOnceOnTheLoop() throws Exception {
        Future<TokenVerdict> consumed = loop.submit(() -> {
            HandoffTokenStore store = Objects.requireNonNull(tokens.storeHere());
            store.register(A, loop.ticker().nanoTime());
            assertThat(tokens.pendingCount().getNow()).isEqualTo(1);
            return store.consume(A, A, loop.ticker().nanoTime());
        });

        assertThat(get(consumed)).isEqualTo(CONSUMED);
        assertThat(get(tokens.pendingCount())).isZero();
    }

    @Test
    void shouldTakeTheCallsOfOneThreadInTheirOrder() throws Exception {
        Future<Void> registered = tokens.register(A);
        Future<TokenVerdict> consumed = tokens.consume(A, A);
        Future<TokenVerdict> replayed = tokens.consume(A, A);
        Future<Void> registeredAgain = tokens.register(A);
        Future<Boolean> revoked = tokens.revoke(A);
        Future<Integer> pending = tokens.pendingCount();

        assertThat(get(pending)).isZero();
        assertThat(registered.isSuccess()).isTrue();
        assertThat(consumed.getNow()).isEqualTo(CONSUMED);
        assertThat(replayed.getNow()).isEqualTo(NOT_PENDING);
        assertThat(registeredAgain.isSuccess()).isTrue();
        assertThat(revoked.getNow()).isTrue();
    }

    @Test
    void shouldFailTheFutureWhenTheStoreRefuses() throws Exception {
        get(tokens.register(A));
        assertThat(causeOf(tokens.register(A)))
                .isInstanceOf(HandoffTokenException.class)
                .hasMessage("handoff token is already pending");

        get(tokens.register(B));
        assertThat(causeOf(tokens.register(HandoffToken.random())))
                .isInstanceOf(HandoffTokenException.class)
                .hasMessage("handoff token pending limit reached (2)");
        assertThat(causeOf(tokens.issue()))
                .isInstanceOf(HandoffTokenException.class)
                .hasMessage("handoff token pending limit reached (2)");
    }

    @Test
    void shouldActAtOnceForACallerOnTheLoop() throws Exception {
        loop.submit(() -> {
                    assertThat(tokens.register(A).isSuccess()).isTrue();
                    assertThat(tokens.register(A).cause()).isInstanceOf(HandoffTokenException.class);
                    assertThat(tokens.consume(A, A).getNow()).isEqualTo(CONSUMED);
                    return null;
                })
                .get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldNotifyListenersOnTheLoop() throws Exception {
        Promise<Boolean> noted = loop.newPromise();
        tokens.pendingCount().addListener(done -> noted.setSuccess(loop.inEventLoop()));

        assertThat(get(noted)).isTrue();
    }

    @Test
    void shouldFailEveryFutureWithRejectionWhenTheLoopIsShutDown() throws Exception {
        shutDown();

        for (Future<?> future : List.of(
                tokens.issue(), tokens.register(A), tokens.consume(A, A), tokens.revoke(A), tokens.pendingCount())) {
            assertThat(causeOf(future)).isInstanceOf(RejectedExecutionException.class);
        }
    }

    @Test
    void shouldTellListenersOfARejectionWhenTheLoopIsShutDown() {
        shutDown();
        List<Throwable> told = new ArrayList<>();

        tokens.consume(A, A).addListener(done -> told.add(done.cause()));

        assertThat(told).singleElement().isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void shouldGiveTheStoreOnlyToACallerOnTheLoop() throws Exception {
        get(tokens.register(A));

        assertThat(tokens.storeHere()).isNull();
        HandoffTokenStore store = Objects.requireNonNull(get(loop.submit(tokens::storeHere)));
        assertThatIllegalStateException().isThrownBy(() -> store.consume(A, A, 0));
        assertThat(get(loop.submit(() -> store.consume(A, A, loop.ticker().nanoTime()))))
                .isEqualTo(CONSUMED);
    }

    @Test
    void shouldLiveByTheTickerOfTheLoop() {
        MockTicker ticker = Ticker.newMockTicker();
        EmbeddedChannel channel = EmbeddedChannel.builder().ticker(ticker).build();
        HandoffTokens timed = new HandoffTokens(new HandoffTokenStore(channel.eventLoop(), 8, Duration.ofMillis(10)));
        timed.register(A);
        timed.register(B);
        Future<HandoffToken> issued = timed.issue();
        channel.runPendingTasks();

        ticker.advance(10_000_000 - 1, TimeUnit.NANOSECONDS);
        Future<TokenVerdict> inTime = timed.consume(A, A);
        channel.runPendingTasks();
        assertThat(inTime.getNow()).isEqualTo(CONSUMED);

        ticker.advance(1, TimeUnit.NANOSECONDS);
        Future<TokenVerdict> late = timed.consume(B, B);
        Future<TokenVerdict> pruned = timed.consume(issued.getNow(), issued.getNow());
        timed.register(A);
        channel.runPendingTasks();
        assertThat(late.getNow()).isEqualTo(EXPIRED);
        assertThat(pruned.getNow()).isEqualTo(NOT_PENDING);

        ticker.advanceMillis(10);
        assertThat(timed.consume(A, A).getNow()).isEqualTo(EXPIRED);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldLetExactlyOneOfManyThreadsConsume() throws Exception {
        int threads = 32;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            for (int round = 0; round < 200; round++) {
                HandoffToken token = get(tokens.issue());
                Callable<TokenVerdict> consume = () -> {
                    start.await(10, TimeUnit.SECONDS);
                    return get(tokens.consume(token, token));
                };

                List<TokenVerdict> results = new ArrayList<>();
                for (var result : pool.invokeAll(Collections.nCopies(threads, consume))) {
                    results.add(result.get(10, TimeUnit.SECONDS));
                }

                assertThat(results).as("round %d", round).hasSize(threads).containsOnlyOnce(CONSUMED);
                assertThat(Collections.frequency(results, NOT_PENDING)).isEqualTo(threads - 1);
            }
            assertThat(get(tokens.pendingCount())).isZero();
        } finally {
            pool.shutdownNow();
        }
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    private static Throwable causeOf(Future<?> future) throws InterruptedException {
        assertThat(future.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(future.isSuccess()).isFalse();
        return future.cause();
    }
}
