package io.handoff.netty.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.handoff.netty.CapturedLog;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogLimitTest {

    private static final String LOGGER = "of.this.test";

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final CapturedLog log = CapturedLog.of(LOGGER, Level.INFO);
    private final LogLimit limit = newLimit(org.slf4j.event.Level.WARN);

    private LogLimit newLimit(org.slf4j.event.Level level) {
        return new LogLimit(LoggerFactory.getLogger(LOGGER), level, "it happened", channel.eventLoop());
    }

    @BeforeEach
    void freezeTime() {
        channel.freezeTime();
    }

    @AfterEach
    void close() {
        log.close();
        assertThat(channel.finish()).isFalse();
    }

    private void happen(int times) {
        for (int i = 0; i < times; i++) {
            if (limit.permits()) {
                limit.log(" to {}", i);
            }
        }
    }

    private void advance(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runPendingTasks();
    }

    @Test
    void shouldLogTheFirstTenAndTellHowManyMoreWhenTheWindowIsOver() {
        happen(133);
        advance(LogLimit.WINDOW.minusNanos(1));
        assertThat(log.messages())
                .isEqualTo(IntStream.range(0, 10)
                        .mapToObj(i -> "WARN it happened to " + i)
                        .toList());

        advance(Duration.ofNanos(1));

        assertThat(log.messages()).hasSize(11).last().isEqualTo("WARN it happened: ... and 123 more in the last 10 s");
    }

    @Test
    void shouldBeginAnewWithTheFirstMessageAfterTheWindow() {
        happen(11);
        advance(LogLimit.WINDOW);
        advance(LogLimit.WINDOW.multipliedBy(3));
        happen(1);
        advance(LogLimit.WINDOW.minusNanos(1));
        happen(10);
        advance(Duration.ofNanos(1));

        assertThat(log.messages())
                .hasSize(10 + 1 + 10 + 1)
                .last()
                .isEqualTo("WARN it happened: ... and 1 more in the last 10 s");
    }

    @Test
    void shouldTellNothingMoreWhenNothingWasLeftOut() {
        happen(10);
        advance(LogLimit.WINDOW.multipliedBy(2));

        assertThat(log.messages()).hasSize(10);
    }

    @Test
    void shouldNeitherLogNorCountNorSetATimerBelowTheLevelOfTheLogger() {
        LogLimit quiet = newLimit(org.slf4j.event.Level.INFO);
        log.setLevel(Level.WARN);

        IntStream.range(0, 20).forEach(i -> assertThat(quiet.permits()).isFalse());

        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
        assertThat(log.messages()).isEmpty();
    }

    @Test
    void shouldPermitTenWhenManyThreadsAskAtOnce() throws Exception {
        int threads = 8;
        int asked = 1000;
        CyclicBarrier together = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<Integer>> permitted = IntStream.range(0, threads)
                .mapToObj(i -> pool.submit(() -> {
                    together.await();
                    return (int) IntStream.range(0, asked)
                            .filter(j -> limit.permits())
                            .count();
                }))
                .toList();
        int sum = 0;
        for (Future<Integer> count : permitted) {
            sum += count.get();
        }
        pool.shutdown();
        advance(LogLimit.WINDOW);

        assertThat(sum).isEqualTo(LogLimit.MESSAGES);
        assertThat(log.messages())
                .containsExactly("WARN it happened: ... and " + (threads * asked - 10) + " more in the last 10 s");
    }
}
