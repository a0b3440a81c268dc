package io.handoff.netty;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/** A descriptor that a program of a fuzzer passes, as often as it likes, and if it is of a connection, its client. */
final class PassedDescriptor {

    private static final byte[] MARK = {42};

    private final DescriptorKind kind;
    private final int[] made;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private boolean clientIsThere;
    private boolean clientTalks;

    private PassedDescriptor(DescriptorKind kind, int[] made) {
        this.kind = kind;
        this.made = made;
        this.clientIsThere = kind == DescriptorKind.UNIX_CONNECTION || kind == DescriptorKind.TCP_CONNECTION;
        this.clientTalks = clientIsThere;
    }

    static PassedDescriptor make(DescriptorKind kind, NativeBroker broker, Path directory) throws IOException {
        return new PassedDescriptor(kind, kind.make(broker, directory));
    }

    int number() {
        return made[0];
    }

    boolean hasClient() {
        return clientIsThere;
    }

    void say(byte[] bytes) {
        if (clientTalks && Libc.trySend(made[1], bytes, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL) == bytes.length) {
            said.writeBytes(bytes);
        }
    }

    void endTalk() {
        clientTalks = false;
        C.shutdown(made[1], 1);
    }

    void hangUp() {
        clientIsThere = false;
        clientTalks = false;
        checked(C.close(made[1]));
    }

    /** A TCP client vanishes, and its connection with it. */
    void reset() {
        Libc.setOption(made[1], Libc.SO_LINGER, 1, 0);
        hangUp();
    }

    /** Whoever was not given the connection has not read from it, nor written, nor shut it, nor changed its mode. */
    void checkUntouched() {
        if (kind != DescriptorKind.UNIX_CONNECTION) {
            return;
        }
        assertThat(received(made[0])).as("what the client has said").isEqualTo(said.toByteArray());
        assertThat(C.fcntl(made[0], Libc.F_GETFL, 0) & Libc.O_NONBLOCK)
                .as("non-blocking mode")
                .isZero();
        if (clientIsThere) {
            assertThat(Libc.trySend(made[0], MARK, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL))
                    .as("bytes that can be sent to the client")
                    .isEqualTo(MARK.length);
            assertThat(received(made[1])).as("what the client has got").isEqualTo(MARK);
        }
    }

    private static byte[] received(int socket) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        for (long read = Libc.receive(socket, buffer, Libc.MSG_DONTWAIT);
                read > 0;
                read = Libc.receive(socket, buffer, Libc.MSG_DONTWAIT)) {
            all.write(buffer, 0, (int) read);
        }
        return all.toByteArray();
    }

    void close() {
        if (clientIsThere) {
            if (kind == DescriptorKind.TCP_CONNECTION) {
                // Thousands of closed connections would else wait for late segments, each with a port of its own.
                reset();
            } else {
                hangUp();
            }
        }
        boolean clientHasLeft = kind == DescriptorKind.UNIX_CONNECTION || kind == DescriptorKind.TCP_CONNECTION;
        kind.close(clientHasLeft ? new int[] {made[0]} : made);
    }
}
