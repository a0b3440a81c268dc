package io.handoff.reliability;

import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.ClientConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/** A client's connection: the client's end of it, and the broker's, which is handed on. Owns both. */
public final class RawClient implements AutoCloseable {

    private static final int WORDS = 4;

    private final BlockingSocket end;
    private final BlockingSocket atBroker;

    /** Different for every client, so that nobody can be given another one's echo. */
    private final byte[] text;

    public RawClient(BlockingSocket end, BlockingSocket atBroker) {
        this.end = end;
        this.atBroker = atBroker;
        ByteBuffer words = ByteBuffer.allocate(WORDS * Long.BYTES);
        while (words.hasRemaining()) {
            words.putLong(ThreadLocalRandom.current().nextLong());
        }
        this.text = words.array();
    }

    public static RawClient overUnix() throws IOException {
        ClientConnection connection = ClientConnection.unix();
        return new RawClient(connection.client(), connection.accepted());
    }

    /** What the broker passes on. */
    public BlockingSocket atBroker() {
        return atBroker;
    }

    public RawClient speak() throws IOException {
        end.send(text);
        return this;
    }

    /** The broker has been told that the backend has the connection. */
    public RawClient handedOff() throws IOException {
        atBroker.close();
        return this;
    }

    public void expectEcho() throws IOException {
        expectText(end, "the client's echo");
    }

    /** For one of which nobody can know who has it: it is served or it has ended, but does not hang. */
    public void expectEchoOrEnd() throws IOException {
        byte[] came = end.receiveUpTo(text.length);
        if (came.length > 0 && !Arrays.equals(came, text)) {
            throw new IOException("the client got something else than its echo");
        }
    }

    /** The backend has left alone what the client has said, and the broker can go on with the connection, waiting as ever. */
    public void expectUntouched() throws IOException {
        expectText(atBroker, "what the client has said");
        atBroker.send(text);
        expectText(end, "the broker's own answer");
    }

    private void expectText(BlockingSocket socket, String what) throws IOException {
        if (!Arrays.equals(socket.receive(text.length), text)) {
            throw new IOException(what + " has changed on its way");
        }
    }

    /** The client breaks its connection off. */
    public void reset() throws IOException {
        end.reset();
    }

    @Override
    public void close() {
        end.close();
        atBroker.close();
    }
}
