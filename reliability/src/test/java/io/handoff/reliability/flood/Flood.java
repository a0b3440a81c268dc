package io.handoff.reliability.flood;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many connections that do no good, on a thread of its own. Each is opened once, as fast as the backend lets them, and lasts
 * until the backend ends it.
 */
final class Flood implements AutoCloseable {

    /** How often the connections that send slowly are looked at. */
    private static final long TICK_MILLIS = 50;

    private final FloodKind kind;
    private final FloodBytes bytes;
    private final UnixDomainSocketAddress address;
    private final int connections;
    private final Set<FloodConnection> open = new HashSet<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(4096);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<Result> result;
    private volatile boolean isClosed;
    private Duration lastGone = Duration.ZERO;
    private long mostSent;

    /**
     * How a flood went.
     *
     * @param lastGone the longest that a deadline had been running when the backend ended the connection
     * @param mostSent on one connection, in bytes
     */
    record Result(Duration lastGone, long mostSent) {}

    private Flood(FloodKind kind, Path socket, int connections) {
        this.kind = kind;
        this.bytes = kind.bytes();
        this.address = UnixDomainSocketAddress.of(socket);
        this.connections = connections;
        this.result = thread.submit(this::run);
    }

    static Flood start(FloodKind kind, Path socket, int connections) {
        return new Flood(kind, socket, connections);
    }

    /** How many connections have been opened so far. */
    int opened() {
        return opened.get();
    }

    /** Waits until the backend has ended every one. */
    Result awaitEnd(Duration patience) throws InterruptedException, ExecutionException, TimeoutException {
        return result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Result run() throws IOException {
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections && !isClosed; i++) {
                FloodConnection connection = FloodConnection.open(kind, bytes, address, selector);
                open.add(connection);
                opened.incrementAndGet();
                keep(connection, connection.send(System.nanoTime()));
                selector.selectNow(key -> ready((FloodConnection) key.attachment()));
            }
            while (!open.isEmpty() && !isClosed) {
                selector.select(key -> ready((FloodConnection) key.attachment()), TICK_MILLIS);
                sendSlowly();
            }
        } finally {
            for (FloodConnection connection : open) {
                connection.close();
            }
        }
        return new Result(lastGone, mostSent);
    }

    private void sendSlowly() {
        if (!kind.pause().isZero()) {
            long now = System.nanoTime();
            Set.copyOf(open).forEach(connection -> keep(connection, connection.send(now)));
        }
    }

    private void ready(FloodConnection connection) {
        keep(connection, connection.ready(scratch));
    }

    private void keep(FloodConnection connection, boolean isThere) {
        if (!isThere && open.remove(connection)) {
            Duration time = connection.overdue();
            lastGone = time.compareTo(lastGone) > 0 ? time : lastGone;
            mostSent = Math.max(mostSent, connection.sent());
            close(connection);
        }
    }

    private static void close(FloodConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        isClosed = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IOException("the flood does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
