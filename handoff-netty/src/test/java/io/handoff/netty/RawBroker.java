package io.handoff.netty;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A broker that writes and reads plain bytes with the JDK's own sockets: nothing of the code under test. */
final class RawBroker implements AutoCloseable {

    private final SocketChannel socket;

    private RawBroker(SocketChannel socket) {
        this.socket = socket;
    }

    static RawBroker connect(Path path) throws IOException {
        SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            socket.connect(UnixDomainSocketAddress.of(path));
            return new RawBroker(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    RawBroker send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            socket.write(buffer);
        }
        return this;
    }

    RawBroker sendEof() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** The next bytes, of which there must be as many. */
    byte[] receive(int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (socket.read(buffer) < 0) {
                throw new IOException("closed after " + buffer.position() + " of " + length + " bytes");
            }
        }
        return buffer.array();
    }

    /** Everything until the backend closes. */
    byte[] receiveUntilClosed() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (true) {
            int read;
            try {
                read = socket.read(buffer);
            } catch (IOException e) {
                // A connection that is closed with bytes unread is reset, not ended.
                if (String.valueOf(e.getMessage()).startsWith("Connection reset")) {
                    return all.toByteArray();
                }
                throw e;
            }
            if (read < 0) {
                return all.toByteArray();
            }
            all.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
    }

    SocketChannel socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
