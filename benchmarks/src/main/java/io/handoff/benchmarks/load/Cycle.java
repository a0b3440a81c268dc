package io.handoff.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing on a connection to the socket under load, again and again, the next when the one before is over: that is
 * the closed loop. Lives on the event loop.
 */
abstract class Cycle {

    /** Something that fails the whole of what the cycle is at if it fails. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    /** Nothing tells when a full backlog has room again. */
    private static final long FULL_BACKLOG_RETRY_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    /** So that a server that fails at once is not asked in a spin. */
    private static final long BACK_OFF_MILLIS = 10;

    private final LoadContext context;
    private @Nullable PolledSocket connection;
    private boolean isWaiting;
    private boolean isStopped;
    private long waitingSince;

    Cycle(LoadContext context) {
        this.context = context;
    }

    final LoadContext context() {
        return context;
    }

    /** Begins from the start. */
    final void start() {
        if (!isStopped) {
            isWaiting = true;
            run(this::begin);
        }
    }

    /** Connects; the time that counts begins here. */
    void begin() throws IOException {
        waitingSince = System.nanoTime();
        connection = new PolledSocket(context.libc().newSocket(), this, this::readable);
        connect(connection);
    }

    private void connect(PolledSocket connecting) throws IOException {
        if (context.libc().connect(connecting.fd())) {
            connected(connecting);
        } else {
            context.loop().schedule(() -> retry(connecting), FULL_BACKLOG_RETRY_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    private void retry(PolledSocket connecting) {
        if (connecting == connection) {
            run(() -> connect(connecting));
        }
    }

    /** Writes what comes first, and awaits input. */
    abstract void connected(PolledSocket connection) throws IOException;

    /** Reads what there is on the connection, which may be nothing. */
    abstract void readable() throws IOException;

    /** The connection that {@link #connected} was given. */
    final PolledSocket connection() {
        return Objects.requireNonNull(connection, "not connected");
    }

    /** Does a step; whatever goes wrong is counted, for to be quiet about it would be to measure something else. */
    final void run(Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            fail(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    /** Records that all is done, and starts anew. */
    final void complete() {
        context.recorder().completed(System.nanoTime() - waitingSince);
        close();
        start();
    }

    /** Tells since when the answer that comes next has been waited for. */
    final void waitingSince(long nanos) {
        waitingSince = nanos;
    }

    final void checkDeadline(long nowNanos, Duration timeout) {
        if (isWaiting && nowNanos - waitingSince > timeout.toNanos()) {
            fail("no answer within " + timeout.toMillis() + " ms");
        }
    }

    private void fail(String error) {
        context.recorder().failed(error);
        isWaiting = false;
        close();
        context.loop().schedule(this::start, BACK_OFF_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ends, whatever it is at. */
    final void stop() {
        isStopped = true;
        isWaiting = false;
        close();
    }

    final void closeConnection() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    /** Closes everything that is open, if anything is. */
    void close() {
        closeConnection();
    }
}
