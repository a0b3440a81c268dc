package io.handoff.netty;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A client of a broker, over TCP or a Unix-domain socket, with the JDK's own blocking sockets. */
final class RawClient implements AutoCloseable {

    private final SocketChannel socket;

    private RawClient(SocketChannel socket) {
        this.socket = socket;
    }

    static RawClient connect(SocketAddress address) throws IOException {
        return new RawClient(address instanceof InetSocketAddress ? SocketChannel.open(address) : unix(address));
    }

    private static SocketChannel unix(SocketAddress address) throws IOException {
        SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        socket.connect(address);
        return socket;
    }

    RawClient send(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
        return this;
    }

    RawClient sendEof() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    byte[] receive(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (socket.read(bytes) < 0) {
                throw new EOFException("after " + bytes.position() + " of " + length + " bytes");
            }
        }
        return bytes.array();
    }

    String receiveText(int length) throws IOException {
        return new String(receive(length), StandardCharsets.ISO_8859_1);
    }

    boolean receivesEof() throws IOException {
        return socket.read(ByteBuffer.allocate(1)) < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
