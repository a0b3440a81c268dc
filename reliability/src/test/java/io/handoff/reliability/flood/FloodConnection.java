package io.handoff.reliability.flood;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** One connection of a {@link Flood}, on its thread. */
final class FloodConnection {

    /** So that one connection does not keep the thread from the others. */
    private static final int WRITES_AT_A_TIME = 4;

    private final FloodKind kind;
    private final FloodBytes bytes;
    private final SocketChannel socket;
    private final SelectionKey key;
    private long deadlineFromNanos = System.nanoTime();
    private long nextByteAtNanos = deadlineFromNanos;
    private long sent;

    private FloodConnection(FloodKind kind, FloodBytes bytes, SocketChannel socket, Selector selector)
            throws IOException {
        this.kind = kind;
        this.bytes = bytes;
        this.socket = socket;
        this.key = socket.configureBlocking(false).register(selector, SelectionKey.OP_READ, this);
    }

    /** Waits for a place in the backlog where there is none. */
    static FloodConnection open(FloodKind kind, FloodBytes bytes, UnixDomainSocketAddress address, Selector selector)
            throws IOException {
        return new FloodConnection(kind, bytes, SocketChannel.open(address), selector);
    }

    /**
     * Sends what it is time for.
     *
     * @return whether the connection is still there
     */
    boolean send(long nowNanos) {
        try {
            if (kind.pause().isZero()) {
                sendAll();
            } else if (nowNanos - nextByteAtNanos >= 0) {
                sent += bytes.write(socket, sent, 1);
                nextByteAtNanos += kind.pause().toNanos();
            }
            return true;
        } catch (IOException closedByBackend) {
            return false;
        }
    }

    /** As much as the socket takes; then waits for room, or for the end where all is sent. */
    private void sendAll() throws IOException {
        long total = bytes.total();
        long before = sent;
        int written = 1;
        for (int i = 0; i < WRITES_AT_A_TIME && sent < total && written > 0; i++) {
            written = bytes.write(socket, sent, total);
            sent += written;
        }
        if (sent > before && kind.hasOffersAnswered()) {
            deadlineFromNanos = System.nanoTime();
        }
        key.interestOps(sent < total ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    /**
     * Does what its socket is ready for.
     *
     * @return whether the connection is still there
     */
    boolean ready(ByteBuffer scratch) {
        if (key.isWritable()) {
            return send(System.nanoTime());
        }
        try {
            return socket.read(scratch.clear()) >= 0;
        } catch (IOException closedByBackend) {
            return false;
        }
    }

    /** How long its deadline has been running: from its opening, or from the last offers that were taken and answered. */
    Duration overdue() {
        return Duration.ofNanos(System.nanoTime() - deadlineFromNanos);
    }

    long sent() {
        return sent;
    }

    void close() throws IOException {
        socket.close();
    }
}
