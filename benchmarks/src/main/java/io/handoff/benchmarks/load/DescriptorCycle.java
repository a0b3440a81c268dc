package io.handoff.benchmarks.load;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@link LoadMode#DESCRIPTOR}: the broker's part is an offer on a fresh connection with a token and a descriptor before
 * it; the client's part comes after the ACK.
 */
final class DescriptorCycle extends FreshCycle {

    private final byte[] token;
    private final Echo echo = new Echo();
    private @Nullable PolledSocket client;
    private @Nullable FileDescriptor passed;

    DescriptorCycle(LoadContext context, int slot) {
        super(context, slot);
        this.token = context.frames().token(slot).toBytes();
    }

    /** A broker has the client's connection before it dials. */
    @Override
    void begin() throws IOException {
        LibcCalls.Pair pair = context().libc().newPair();
        client = new PolledSocket(pair.kept(), this, this::echoReadable);
        passed = pair.passed();
        context().libc().letBlock(passed);
        super.begin();
    }

    @Override
    void connected(PolledSocket connection) throws IOException {
        context().libc().send(connection.fd(), token, Objects.requireNonNull(passed, "begin() has made it"));
        super.connected(connection);
    }

    @Override
    void accepted() throws IOException {
        closePassed();
        closeConnection();
        echo.send(client().fd());
        client().awaitInput(context().loop());
    }

    private void echoReadable() throws IOException {
        if (echo.receive(client().fd())) {
            complete();
        }
    }

    private PolledSocket client() {
        return Objects.requireNonNull(client, "begin() has made it");
    }

    @Override
    void close() {
        super.close();
        closePassed();
        if (client != null) {
            client.close();
            client = null;
        }
    }

    private void closePassed() {
        if (passed != null) {
            PolledSocket.close(passed);
            passed = null;
        }
    }
}
