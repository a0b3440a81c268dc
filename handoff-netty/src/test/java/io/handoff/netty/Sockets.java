package io.handoff.netty;

import io.netty.channel.unix.Socket;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Whole messages through Netty's bare sockets, blocking or not. */
final class Sockets {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private Sockets() {}

    static byte[] receive(Socket socket, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(length);
        long start = System.nanoTime();
        while (bytes.hasRemaining()) {
            int read = socket.recv(bytes, bytes.position(), bytes.limit());
            if (read < 0) {
                throw new EOFException("after " + bytes.position() + " of " + length + " bytes");
            }
            bytes.position(bytes.position() + read);
            if (read == 0) {
                wait(start, bytes.position() + " of " + length + " bytes came");
            }
        }
        return copy(bytes);
    }

    /** The next bytes; none at the end of the stream, also if it was reset. */
    static byte[] receiveSome(Socket socket) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(4096);
        long start = System.nanoTime();
        int read = socket.recv(bytes, 0, bytes.limit());
        while (read == 0) {
            wait(start, "nothing came");
            read = socket.recv(bytes, 0, bytes.limit());
        }
        bytes.position(Math.max(0, read));
        return copy(bytes);
    }

    static void send(Socket socket, byte[] all) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(all.length).put(all).flip();
        long start = System.nanoTime();
        while (bytes.hasRemaining()) {
            int sent = socket.send(bytes, bytes.position(), bytes.limit());
            bytes.position(bytes.position() + sent);
            if (sent == 0) {
                wait(start, bytes.remaining() + " bytes do not leave");
            }
        }
    }

    private static void wait(long start, String what) throws IOException {
        if (System.nanoTime() - start > PATIENCE_NANOS) {
            throw new IOException(what);
        }
        pause();
    }

    /** Between two looks at a socket. */
    static void pause() {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.flip().remaining()];
        bytes.get(copy);
        return copy;
    }
}
