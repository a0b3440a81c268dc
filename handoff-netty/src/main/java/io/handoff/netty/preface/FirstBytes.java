package io.handoff.netty.preface;

import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a client has sent so far: it is looked at again and again until it tells what the client speaks, and stays in the socket. */
final class FirstBytes {

    private final SocketCalls calls;
    private final FileDescriptor socket;
    private final int maxBytes;
    private final PrefaceClassifier classifier;
    private int waiting;
    private int seen;
    private int copies;

    FirstBytes(SocketCalls calls, FileDescriptor socket, int maxBytes) {
        this.calls = calls;
        this.socket = socket;
        this.maxBytes = maxBytes;
        this.classifier = new PrefaceClassifier(maxBytes);
    }

    /**
     * Looks once more. Nothing is copied as long as too little has come to tell anything new.
     *
     * @return what the client says; null if that takes more bytes
     * @throws IOException if the connection was reset
     */
    @Nullable
    ClientPreface look() throws IOException {
        waiting = calls.readable(socket);
        if (waiting < classifier.needed()) {
            return null;
        }
        byte[] bytes = new byte[Math.min(waiting, maxBytes)];
        int copied = calls.peek(socket, bytes);
        copies++;
        if (copied <= seen) {
            return null;
        }
        seen = copied;
        return classifier.classify(copied == bytes.length ? bytes : Arrays.copyOf(bytes, copied));
    }

    /** Whether any had come at the last look. */
    boolean haveCome() {
        return waiting > 0;
    }

    /** How many looks have copied bytes: the dear ones. */
    int copies() {
        return copies;
    }

    /**
     * Whether a client that has sent nothing has ended its side.
     *
     * @throws IOException if the connection was reset
     */
    boolean hasEndedUnsaid() throws IOException {
        return calls.peek(socket, new byte[1]) < 0;
    }

    /** Ends looking. */
    void close() {
        classifier.close();
    }
}
