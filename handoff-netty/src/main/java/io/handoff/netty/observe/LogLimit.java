package io.handoff.netty.observe;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Messages of one kind that a peer can cause as often as it likes: the first few are logged, and {@link #WINDOW} after the
 * first how many more there were. Then it begins anew.
 *
 * <p>Safe from any thread. A message that is left out costs no allocation and no look at a clock.
 */
final class LogLimit {

    /** Messages logged within one window. */
    static final int MESSAGES = 10;

    static final Duration WINDOW = Duration.ofSeconds(10);

    private final Logger logger;
    private final Level level;
    private final String subject;
    private final EventExecutor timers;
    private final AtomicInteger logged = new AtomicInteger();
    private final LongAdder leftOut = new LongAdder();

    /** Takes the level, WARN or INFO, how each of the messages begins, and the executor that ends the windows. */
    LogLimit(Logger logger, Level level, String subject, EventExecutor timers) {
        this.logger = logger;
        this.level = level;
        this.subject = subject;
        this.timers = timers;
    }

    /** Whether one more message is to be logged, with {@link #log}; if not, it has been counted. */
    boolean permits() {
        if (!isEnabled()) {
            return false;
        }
        int before = logged.get() < MESSAGES ? logged.getAndIncrement() : MESSAGES;
        if (before >= MESSAGES) {
            leftOut.increment();
            return false;
        }
        if (before == 0) {
            beginWindow();
        }
        return true;
    }

    /** Logs the subject and what follows it. A {@link Throwable} as the last argument is logged with its stack trace. */
    void log(String format, Object... arguments) {
        if (level == Level.WARN) {
            logger.warn(subject + format, arguments);
        } else {
            logger.info(subject + format, arguments);
        }
    }

    /** SLF4J 1.7, which some frameworks bring, can be asked for no level that is given as a value. */
    private boolean isEnabled() {
        return level == Level.WARN ? logger.isWarnEnabled() : logger.isInfoEnabled();
    }

    private void beginWindow() {
        try {
            timers.schedule(this::endWindow, WINDOW.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            logger.debug("{}: the server has ended, what is left out from now on is not told", subject);
        }
    }

    private void endWindow() {
        logged.set(0);
        long more = leftOut.sumThenReset();
        if (more > 0) {
            log(": ... and {} more in the last {} s", more, WINDOW.toSeconds());
        }
    }
}
