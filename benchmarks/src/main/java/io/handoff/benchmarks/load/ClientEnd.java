package io.handoff.benchmarks.load;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The client's part of a cycle that hands a connection over: when that is done, bytes, and their echo, which completes the cycle. */
final class ClientEnd {

    private final Cycle cycle;
    private final Echo echo = new Echo();
    private @Nullable PolledSocket socket;

    ClientEnd(Cycle cycle) {
        this.cycle = cycle;
    }

    /** Takes over the client's end of the connection that will be handed over. */
    void open(FileDescriptor end) {
        socket = new PolledSocket(end, cycle, this::readable);
    }

    /** Sends the bytes. */
    void send() throws IOException {
        PolledSocket opened = opened();
        echo.send(opened.fd());
        opened.awaitInput(cycle.context().loop());
    }

    private void readable() throws IOException {
        if (echo.receive(opened().fd())) {
            cycle.complete();
        }
    }

    private PolledSocket opened() {
        return Objects.requireNonNull(socket, "the cycle has begun");
    }

    /** Closes it, if it is open. */
    void close() {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
