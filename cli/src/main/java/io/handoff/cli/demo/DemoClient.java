package io.handoff.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * A TCP client that knows of no handoff. What it sends is never the same at two places or from two clients, as far as
 * that can be, so that a byte that got lost, doubled, misplaced or into the wrong connection shows.
 */
final class DemoClient implements AutoCloseable {

    /** Fits into the buffers of a connection whose other end does not read. */
    private static final int PIECE = 4096;

    private final Socket socket;
    private final int number;
    private long sent;
    private long echoed;

    private DemoClient(Socket socket, int number) {
        this.socket = socket;
        this.number = number;
    }

    /** Connects; each wait of the client is limited by the timeout. */
    static DemoClient connect(int port, int number, Duration timeout) throws IOException {
        Socket socket = new Socket();
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Math.toIntExact(timeout.toMillis()));
        socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
        return new DemoClient(socket, number);
    }

    void send(int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = byteAt(sent++);
        }
        socket.getOutputStream().write(bytes);
    }

    /** Reads until everything has come back that was sent. */
    void awaitEcho() throws IOException {
        while (echoed < sent) {
            byte[] bytes = new byte[PIECE];
            int length = socket.getInputStream().read(bytes, 0, (int) Math.min(bytes.length, sent - echoed));
            if (length < 0) {
                throw new IOException(
                        "client " + number + ": the connection ended after " + echoed + " of " + sent + " bytes");
            }
            for (int i = 0; i < length; i++) {
                if (bytes[i] != byteAt(echoed++)) {
                    throw new IOException("client " + number + ": byte " + (echoed - 1) + " came back as another");
                }
            }
        }
    }

    /** Sends so much, piece by piece, and each when the one before has come back. */
    void converse(int length) throws IOException {
        for (int rest = length; rest > 0; rest -= PIECE) {
            send(Math.min(rest, PIECE));
            awaitEcho();
        }
    }

    /** Ends its side, and checks that the other one has nothing to say but its end. */
    void finish() throws IOException {
        socket.shutdownOutput();
        if (socket.getInputStream().read() >= 0) {
            throw new IOException("client " + number + ": more came back than the " + sent + " bytes sent");
        }
        close();
    }

    private byte byteAt(long position) {
        long mixed = (position + 1) * 0x9E3779B97F4A7C15L + (long) number * 0xC2B2AE3D27D4EB4FL;
        return (byte) (mixed >>> 56);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
