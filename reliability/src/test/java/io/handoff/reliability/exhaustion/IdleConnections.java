package io.handoff.reliability.exhaustion;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Connections to a backend that only take up its descriptors; it accepts them in this order. */
final class IdleConnections implements AutoCloseable {

    private final List<SocketChannel> open = new ArrayList<>();

    static IdleConnections open(Path backend, int count) throws IOException {
        IdleConnections connections = new IdleConnections();
        for (int i = 0; i < count; i++) {
            connections.open.add(SocketChannel.open(UnixDomainSocketAddress.of(backend)));
        }
        return connections;
    }

    int count() {
        return open.size();
    }

    /** Closes those that came last, but for so many. */
    void closeAllBut(int count) throws IOException {
        List<SocketChannel> surplus = open.subList(count, open.size());
        for (SocketChannel connection : surplus) {
            connection.close();
        }
        surplus.clear();
    }

    @Override
    public void close() throws IOException {
        closeAllBut(0);
    }
}
