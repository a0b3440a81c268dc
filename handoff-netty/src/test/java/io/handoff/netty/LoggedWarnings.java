package io.handoff.netty;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** Remembers what is logged as a warning or worse: where an exception that nobody has caught ends up on an event loop. */
public final class LoggedWarnings extends AppenderBase<ILoggingEvent> {

    private final Queue<String> logged = new ConcurrentLinkedQueue<>();

    private LoggedWarnings() {}

    /** Begins to listen to every logger there is. */
    public static LoggedWarnings listen() {
        LoggedWarnings warnings = new LoggedWarnings();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        warnings.setContext(root.getLoggerContext());
        warnings.start();
        root.addAppender(warnings);
        return warnings;
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
            IThrowableProxy thrown = event.getThrowableProxy();
            String cause = thrown == null ? "" : ": " + thrown.getClassName() + ": " + thrown.getMessage();
            logged.add(event.getLoggerName() + ": " + event.getFormattedMessage() + cause);
        }
    }

    /** What has been logged since the last call. */
    public List<String> take() {
        List<String> taken = new ArrayList<>();
        for (String next = logged.poll(); next != null; next = logged.poll()) {
            taken.add(next);
        }
        return taken;
    }
}
