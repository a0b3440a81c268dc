package io.handoff.netty;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;

import com.sun.jna.Memory;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A broker that makes its system calls itself, and so can send descriptors as nobody should. */
final class NativeBroker implements AutoCloseable {

    private static final int ECONNRESET = 104;

    private final int socket = checked(C.socket(Libc.AF_UNIX, Libc.SOCK_STREAM, 0));
    private boolean closed;

    static NativeBroker connect(Path path) {
        NativeBroker broker = new NativeBroker();
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        try (Memory address = new Memory(110)) {
            address.clear();
            address.setShort(0, (short) Libc.AF_UNIX);
            address.write(2, name, 0, name.length);
            checked(C.connect(broker.socket, address, 110));
        }
        return broker;
    }

    int socket() {
        return socket;
    }

    NativeBroker send(byte[] bytes, int... descriptors) {
        Libc.send(socket, bytes, descriptors);
        return this;
    }

    /** The opening of a handoff and its offer, in the way of the protocol. */
    NativeBroker handOff(HandoffToken token, long correlationId, int descriptor) {
        return send(token.toBytes(), descriptor).send(Frames.offer(token, correlationId));
    }

    /** Everything until the backend closes. */
    byte[] receiveUntilClosed() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        while (true) {
            long read = Libc.receive(socket, buffer, 0);
            if (read < 0 && read != -ECONNRESET) {
                throw new AssertionError("recv failed with errno " + -read);
            }
            if (read <= 0) {
                return all.toByteArray();
            }
            all.write(buffer, 0, (int) read);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // Fails if somebody else has closed the number.
            checked(C.close(socket));
        }
    }
}
