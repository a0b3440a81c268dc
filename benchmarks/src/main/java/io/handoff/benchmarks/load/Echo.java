package io.handoff.benchmarks.load;

import io.netty.channel.unix.FileDescriptor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a client sends, and what has come back of it so far. */
final class Echo {

    private static final byte[] TEXT = "is anybody here?".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer sent =
            ByteBuffer.allocateDirect(TEXT.length).put(TEXT).flip();
    private final ByteBuffer received = ByteBuffer.allocateDirect(TEXT.length);

    /** Writes the text; what has come back before is forgotten. */
    void send(FileDescriptor socket) throws IOException {
        received.clear();
        int written = socket.write(sent, 0, TEXT.length);
        if (written != TEXT.length) {
            throw new IOException("wrote " + written + " of the " + TEXT.length + " bytes of a client");
        }
    }

    /**
     * Reads once, which may bring nothing.
     *
     * @return whether the whole text has come back
     */
    boolean receive(FileDescriptor socket) throws IOException {
        int read = socket.read(received, received.position(), received.limit());
        if (read < 0) {
            throw new EOFException("connection closed before the echo");
        }
        received.position(received.position() + read);
        if (received.hasRemaining()) {
            return false;
        }
        if (!received.flip().equals(sent)) {
            throw new IOException("wrong echo");
        }
        return true;
    }
}
