package io.handoff.benchmarks.compare.measure;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Open connections to a server, on which nothing happens. */
final class IdleClients implements AutoCloseable {

    private final Opening opening;
    private final List<SocketChannel> connections = new ArrayList<>();

    private IdleClients(Opening opening) {
        this.opening = opening;
    }

    /** Connections to the server itself. */
    static IdleClients connected(Path server) {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(server);
        return new IdleClients(() -> SocketChannel.open(address));
    }

    /** Connections to a broker in this process, which hands each of them to the server. */
    static IdleClients handedOff(Path server) throws IOException {
        return new IdleClients(new OneByOneBroker(server));
    }

    void open(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            connections.add(opening.open());
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel connection : connections) {
            connection.close();
        }
        opening.close();
    }

    /** How a connection comes about. */
    interface Opening extends AutoCloseable {
        SocketChannel open() throws IOException;

        @Override
        default void close() throws IOException {}
    }
}
