package io.handoff.netty;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Everything that a logger logs while this is open, whatever its usual level; other appenders do not get it. */
public final class CapturedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Logger logger;
    private final @Nullable Level usualLevel;
    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

    private CapturedLog(Logger logger) {
        this.logger = logger;
        this.usualLevel = logger.getLevel();
        setContext(logger.getLoggerContext());
    }

    /** Begins to listen to a logger, at this level and above. */
    public static CapturedLog of(String name, Level level) {
        CapturedLog log = new CapturedLog((Logger) LoggerFactory.getLogger(name));
        log.start();
        log.logger.addAppender(log);
        log.setLevel(level);
        log.logger.setAdditive(false);
        return log;
    }

    /** Listens at another level from now on. */
    public void setLevel(Level level) {
        logger.setLevel(level);
    }

    @Override
    protected void append(ILoggingEvent event) {
        // The MDC belongs to the thread, and to this moment.
        event.prepareForDeferredProcessing();
        events.add(event);
    }

    /** The messages with their levels, oldest first. */
    public List<String> messages() {
        return events.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    /** What the MDC had under a key, message by message; an empty text where it had nothing. */
    public List<String> mdc(String key) {
        return events.stream()
                .map(event -> event.getMDCPropertyMap().getOrDefault(key, ""))
                .toList();
    }

    /** All that an appender could write of it, stack traces and MDC included. */
    public String everything() {
        StringBuilder all = new StringBuilder();
        for (ILoggingEvent event : events) {
            all.append(event.getLoggerName())
                    .append(' ')
                    .append(event.getThreadName())
                    .append(' ')
                    .append(event.getFormattedMessage())
                    .append(' ')
                    .append(event.getMDCPropertyMap())
                    .append('\n');
            if (event.getThrowableProxy() != null) {
                all.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        return all.toString();
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(usualLevel);
        logger.setAdditive(true);
        stop();
    }
}
