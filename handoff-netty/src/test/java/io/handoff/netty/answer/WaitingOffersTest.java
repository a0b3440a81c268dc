package io.handoff.netty.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.Frames;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.token.HandoffTokens;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What waits for its answer behind an offer whose token is judged on another loop is bounded, whatever its answer will be. */
class WaitingOffersTest {

    private static final HandoffToken TOKEN = HandoffToken.random();

    private final EventExecutor elsewhere = new DefaultEventExecutor();
    private final CountDownLatch released = new CountDownLatch(1);
    private final BackendChannel backend =
            new BackendChannel(new HandoffTokens(new HandoffTokenStore(elsewhere, 10, Duration.ofSeconds(30))));

    /** The loop of the tokens does nothing until the test has ended. */
    @BeforeEach
    void keepBusy() {
        elsewhere.execute(() -> {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @AfterEach
    void finish() {
        backend.channel.finishAndReleaseAll();
        released.countDown();
        elsewhere.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    static Stream<Arguments> offers() {
        return Stream.of(
                kind("to be judged", 255, () -> Frames.offer(TOKEN, 3)),
                kind("with a token of another length", 255, () -> Frames.offerWithToken(15)),
                kind("with a long token", 4, () -> Frames.offerWithToken(20_000)),
                kind(
                        "with a long trace",
                        4,
                        () -> Frames.framed(Frames.offerFrame(TOKEN, 3)
                                .setTracestate("t".repeat(20_000))
                                .build())));
    }

    private static Arguments kind(String name, int bound, Supplier<byte[]> frame) {
        return Arguments.of(name, bound, frame);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("offers")
    void shouldReadNothingMoreWhenSoManyOffersWait(String name, int bound, Supplier<byte[]> frame) {
        byte[] first = Frames.offer(TOKEN, 3);
        backend.receive(first, first.length);

        int more = 0;
        while (backend.channel.config().isAutoRead() && more <= bound) {
            byte[] next = frame.get();
            backend.receive(next, next.length);
            // A read that is full has its next one in turn.
            backend.channel.runScheduledPendingTasks();
            more++;
        }

        assertThat(more).isEqualTo(bound);
        assertThat(backend.sent()).isEmpty();
    }
}
