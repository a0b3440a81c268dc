package io.handoff.reliability;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A blocking socket of the load, or another descriptor to be passed; whoever makes it closes it. For one thread. */
final class SoakSocket implements AutoCloseable {

    /** More than any deadline of the backend, and than a busy machine keeps a process waiting. */
    private static final int PATIENCE_SECONDS = 30;

    private final int number;
    private boolean isClosed;

    private SoakSocket(int number) {
        this.number = number;
    }

    /** Takes a socket over. */
    static SoakSocket of(int number) throws IOException {
        SoakSocket socket = new SoakSocket(number);
        SoakCalls.setPatience(number, PATIENCE_SECONDS);
        return socket;
    }

    static SoakSocket dial(Path path) throws IOException {
        SoakSocket socket = of(SoakCalls.newUnixSocket());
        try {
            socket.connect(SoakCalls.unixAddress(path));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    void connect(byte[] address) throws IOException {
        SoakCalls.connect(number, address);
    }

    /** Something that is no socket. */
    static SoakSocket eventCounter() throws IOException {
        return new SoakSocket(SoakCalls.newEventCounter());
    }

    /** Sends bytes, and descriptors with the first of them, which stay open here. */
    void send(byte[] bytes, SoakSocket... passed) throws IOException {
        SoakCalls.send(
                number,
                bytes,
                Arrays.stream(passed).mapToInt(socket -> socket.number).toArray());
    }

    /** The next bytes, of which there must be as many. */
    byte[] receive(int length) throws IOException {
        byte[] bytes = receiveUpTo(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /** So many bytes, or fewer where the other end closes or resets the connection before. */
    byte[] receiveUpTo(int length) throws IOException {
        byte[] bytes = new byte[length];
        int received = 0;
        int read;
        do {
            byte[] buffer = new byte[length - received];
            read = SoakCalls.read(number, buffer);
            System.arraycopy(buffer, 0, bytes, received, read);
            received += read;
        } while (read > 0 && received < length);
        return Arrays.copyOf(bytes, received);
    }

    void shutdownOutput() throws IOException {
        SoakCalls.shutdownOutput(number);
    }

    /** Closes a TCP connection so that its other end is told of an error. */
    void reset() throws IOException {
        SoakCalls.lingerForNothing(number);
        close();
    }

    @Override
    public void close() throws IOException {
        if (!isClosed) {
            isClosed = true;
            SoakCalls.closeDescriptor(number);
        }
    }
}
