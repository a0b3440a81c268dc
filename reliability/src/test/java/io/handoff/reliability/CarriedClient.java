package io.handoff.reliability;

import io.handoff.benchmarks.load.LibcCalls;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A client whose connection is handed off: both of its ends, until the one of the broker is let go. */
final class CarriedClient implements AutoCloseable {

    private final LibcCalls.Pair connection;
    private boolean isPassedOn;

    CarriedClient(LibcCalls libc) throws IOException {
        this.connection = libc.newPair();
    }

    /** What a broker sends. */
    FileDescriptor passed() {
        return connection.passed();
    }

    /**
     * Lets go of the broker's end, and waits until the client knows.
     *
     * @return whether a backend has greeted it; else its connection is closed, untouched
     */
    boolean isServed() throws IOException {
        letGo();
        ByteBuffer greeting = ByteBuffer.allocateDirect(1);
        Patience patience = new Patience("a client is neither served nor let go");
        int read = connection.kept().read(greeting, 0, 1);
        while (read == 0) {
            patience.pause();
            read = connection.kept().read(greeting, 0, 1);
        }
        return read > 0;
    }

    private void letGo() throws IOException {
        if (!isPassedOn) {
            isPassedOn = true;
            connection.passed().close();
        }
    }

    @Override
    public void close() throws IOException {
        letGo();
        connection.kept().close();
    }
}
