package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.TestBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A descriptor that a program of a fuzzer passes, as often as it likes, and if it is of a connection, its client. */
final class PassedDescriptor {

    private static final byte[] MARK = {42};

    private final DescriptorKind kind;
    private final List<BlockingSocket> made;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private boolean clientIsThere;
    private boolean clientTalks;

    private PassedDescriptor(DescriptorKind kind, List<BlockingSocket> made) {
        this.kind = kind;
        this.made = made;
        this.clientIsThere = kind == DescriptorKind.UNIX_CONNECTION || kind == DescriptorKind.TCP_CONNECTION;
        this.clientTalks = clientIsThere;
    }

    static PassedDescriptor make(DescriptorKind kind, TestBroker broker, Path directory) throws IOException {
        return new PassedDescriptor(kind, kind.make(broker, directory));
    }

    int number() {
        return made.get(0).descriptor();
    }

    boolean hasClient() {
        return clientIsThere;
    }

    private BlockingSocket client() {
        return made.get(1);
    }

    void say(byte[] bytes) {
        if (clientTalks && sendNow(client(), bytes) == bytes.length) {
            said.writeBytes(bytes);
        }
    }

    /** Nobody may be there to be told. */
    private static int sendNow(BlockingSocket socket, byte[] bytes) {
        try {
            return socket.sendNow(bytes);
        } catch (IOException e) {
            return -1;
        }
    }

    void endTalk() {
        clientTalks = false;
        Libc.C.shutdown(client().descriptor(), 1);
    }

    void hangUp() {
        clientIsThere = false;
        clientTalks = false;
        client().close();
    }

    /** A TCP client vanishes, and its connection with it. */
    void reset() throws IOException {
        clientIsThere = false;
        clientTalks = false;
        client().reset();
    }

    /** Whoever was not given the connection has not read from it, nor written, nor shut it, nor changed its mode. */
    void checkUntouched() throws IOException {
        if (kind != DescriptorKind.UNIX_CONNECTION) {
            return;
        }
        BlockingSocket passed = made.get(0);
        assertThat(passed.receiveNow()).as("what the client has said").isEqualTo(said.toByteArray());
        assertThat(Libc.isNonBlocking(passed)).as("non-blocking mode").isFalse();
        if (clientIsThere) {
            assertThat(sendNow(passed, MARK))
                    .as("bytes that can be sent to the client")
                    .isEqualTo(MARK.length);
            assertThat(client().receiveNow()).as("what the client has got").isEqualTo(MARK);
        }
    }

    void close() throws IOException {
        if (clientIsThere && kind == DescriptorKind.TCP_CONNECTION) {
            // Thousands of closed connections would else wait for late segments, each with a port of its own.
            reset();
        }
        made.forEach(BlockingSocket::close);
    }
}
