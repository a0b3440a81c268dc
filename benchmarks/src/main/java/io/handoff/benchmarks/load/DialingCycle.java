package io.handoff.benchmarks.load;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is done on a connection to the socket under load. */
abstract class DialingCycle extends Cycle {

    /** Nothing tells when a full backlog has room again. */
    private static final long FULL_BACKLOG_RETRY_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private @Nullable PolledSocket connection;

    DialingCycle(LoadContext context) {
        super(context);
    }

    /** Connects; the time that counts begins here. */
    @Override
    void begin() throws IOException {
        waitingSince(System.nanoTime());
        connection = new PolledSocket(context().libc().newSocket(), this, this::readable);
        connect(connection);
    }

    private void connect(PolledSocket connecting) throws IOException {
        if (context().libc().connect(connecting.fd())) {
            connected(connecting);
        } else {
            context().loop().schedule(() -> retry(connecting), FULL_BACKLOG_RETRY_NANOS, TimeUnit.NANOSECONDS);
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

    final void closeConnection() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    @Override
    void close() {
        closeConnection();
    }
}
