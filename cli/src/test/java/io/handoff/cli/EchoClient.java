package io.handoff.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A client that knows of no handoff: it sends, and reads what comes back. */
final class EchoClient implements AutoCloseable {

    private final SocketChannel connection;

    private EchoClient(SocketChannel connection) {
        this.connection = connection;
    }

    /** Connects to what a broker says it listens on. */
    static EchoClient connect(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        return new EchoClient(
                address.startsWith("/")
                        ? SocketChannel.open(UnixDomainSocketAddress.of(address))
                        : SocketChannel.open(new InetSocketAddress(
                                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))));
    }

    EchoClient send(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
        return this;
    }

    EchoClient shutdownOutput() throws IOException {
        connection.shutdownOutput();
        return this;
    }

    /** Sends a text and returns as many bytes of what comes back. */
    String talk(String text) throws IOException {
        return send(text).read(text.length());
    }

    /** Returns so many bytes, or fewer at the end of the stream. */
    String read(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && connection.read(bytes) >= 0) {
            // Reads on.
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }

    /** Returns all that comes until the end of the stream. */
    String readToEnd() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String some = read(1); !some.isEmpty(); some = read(1)) {
            all.append(some);
        }
        return all.toString();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
