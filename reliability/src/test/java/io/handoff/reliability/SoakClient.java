package io.handoff.reliability;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/** A client's connection: the client's end of it, and the broker's, which is handed on. Owns both. */
final class SoakClient implements AutoCloseable {

    private static final int WORDS = 4;

    private final SoakSocket end;
    private final SoakSocket atBroker;

    /** Different for every client, so that nobody can be given another one's echo. */
    private final byte[] text;

    SoakClient(SoakSocket end, SoakSocket atBroker) {
        this.end = end;
        this.atBroker = atBroker;
        ByteBuffer words = ByteBuffer.allocate(WORDS * Long.BYTES);
        while (words.hasRemaining()) {
            words.putLong(ThreadLocalRandom.current().nextLong());
        }
        this.text = words.array();
    }

    static SoakClient overUnix() throws IOException {
        int[] pair = SoakCalls.newPair();
        return new SoakClient(SoakSocket.of(pair[0]), SoakSocket.of(pair[1]));
    }

    /** What the broker passes on. */
    SoakSocket atBroker() {
        return atBroker;
    }

    SoakClient speak() throws IOException {
        end.send(text);
        return this;
    }

    /** The broker has been told that the backend has the connection. */
    SoakClient handedOff() throws IOException {
        atBroker.close();
        return this;
    }

    void expectEcho() throws IOException {
        expectText(end, "the client's echo");
    }

    /** For one of which nobody can know who has it: it is served or it has ended, but does not hang. */
    void expectEchoOrEnd() throws IOException {
        byte[] came = end.receiveUpTo(text.length);
        if (came.length > 0 && !Arrays.equals(came, text)) {
            throw new IOException("the client got something else than its echo");
        }
    }

    /** The backend has left alone what the client has said, and the broker can go on with the connection, waiting as ever. */
    void expectUntouched() throws IOException {
        expectText(atBroker, "what the client has said");
        atBroker.send(text);
        expectText(end, "the broker's own answer");
    }

    private void expectText(SoakSocket socket, String what) throws IOException {
        if (!Arrays.equals(socket.receive(text.length), text)) {
            throw new IOException(what + " has changed on its way");
        }
    }

    /** The client breaks its connection off. */
    void reset() throws IOException {
        end.reset();
    }

    @Override
    public void close() throws IOException {
        end.close();
        atBroker.close();
    }
}
