package io.handoff.netty.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuietPeriodTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AtomicLong count = new AtomicLong();

    @BeforeEach
    void freezeTime() {
        channel.freezeTime();
    }

    @Test
    void shouldBeOverWhenNothingHasHappenedForSoLong() {
        Future<Void> over = await(Duration.ofSeconds(60));

        pass(1999);
        assertThat(over.isDone()).isFalse();
        pass(1);
        assertThat(over.isDone()).isTrue();
    }

    @Test
    void shouldBeginAnewWhenSomethingHasHappened() {
        Future<Void> over = await(Duration.ofSeconds(60));

        count.incrementAndGet();
        pass(2000);
        assertThat(over.isDone()).isFalse();
        pass(2000);
        assertThat(over.isDone()).isTrue();
    }

    @Test
    void shouldBeOverWhenTheTimeIsUpHoweverMuchHappens() {
        Future<Void> over = await(Duration.ofSeconds(5));

        for (int second = 1; second <= 4; second++) {
            count.incrementAndGet();
            pass(1000);
            assertThat(over.isDone()).isFalse();
        }
        count.incrementAndGet();
        pass(1000);
        assertThat(over.isDone()).isTrue();
    }

    private Future<Void> await(Duration timeout) {
        return QuietPeriod.await(channel.eventLoop(), count::get, Duration.ofSeconds(2), timeout);
    }

    private void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }
}
