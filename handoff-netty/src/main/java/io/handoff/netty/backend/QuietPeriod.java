package io.handoff.netty.backend;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Waits until nothing has happened for a while, by a count that grows whenever something does. */
final class QuietPeriod {

    private final EventExecutor executor;
    private final LongSupplier count;
    private final long quietNanos;
    private final long endNanos;
    private final Promise<Void> over;

    private QuietPeriod(EventExecutor executor, LongSupplier count, Duration quiet, Duration timeout) {
        this.executor = executor;
        this.count = count;
        this.quietNanos = quiet.toNanos();
        this.endNanos = executor.ticker().nanoTime() + timeout.toNanos();
        this.over = executor.newPromise();
    }

    /**
     * Waits for the end of a period in which the count stands still.
     *
     * @param quiet how long it has to stand still
     * @param timeout after which it is over in any case
     * @return completed, on the executor, when it is over
     */
    static Future<Void> await(EventExecutor executor, LongSupplier count, Duration quiet, Duration timeout) {
        QuietPeriod period = new QuietPeriod(executor, count, quiet, timeout);
        period.observe();
        return period.over;
    }

    private void observe() {
        long before = count.getAsLong();
        long leftNanos = endNanos - executor.ticker().nanoTime();
        executor.schedule(
                () -> {
                    if (count.getAsLong() == before || leftNanos <= quietNanos) {
                        over.setSuccess(null);
                    } else {
                        observe();
                    }
                },
                Math.min(quietNanos, leftNanos),
                TimeUnit.NANOSECONDS);
    }
}
