package io.handoff.testkit;

import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffOffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A broker's connection to a {@link ScriptedBackend}, for its {@link BackendScript}. */
public final class BackendConnection {

    private final BlockingSocket socket;
    private final Consumer<ReceivedHandoff> received;
    private @Nullable ReceivedHandoff handoff;

    BackendConnection(BlockingSocket socket, Consumer<ReceivedHandoff> received) {
        this.socket = socket;
        this.received = received;
    }

    /**
     * Receives what a broker sends first: the token with one descriptor, and the offer. The next calls return the same.
     *
     * @return the handoff
     * @throws IOException if it does not come within 30 seconds
     * @throws AssertionError if it comes otherwise than the protocol says: without a descriptor, say, or with two
     */
    public ReceivedHandoff handoff() throws IOException {
        if (handoff == null) {
            handoff = receiveHandoff();
            received.accept(handoff);
        }
        return handoff;
    }

    private ReceivedHandoff receiveHandoff() throws IOException {
        DescriptorMessage first = socket.receiveMessage(HandoffFrames.TOKEN_BYTES);
        List<BlockingSocket> passed = first.descriptors();
        try {
            if (passed.size() != 1) {
                throw new AssertionError(passed.size() + " descriptors came with the first byte; expected 1");
            }
            ByteArrayOutputStream token = new ByteArrayOutputStream();
            token.writeBytes(first.bytes());
            token.writeBytes(socket.receive(HandoffFrames.TOKEN_BYTES - token.size()));
            return new ReceivedHandoff(token.toByteArray(), passed.get(0), HandoffFrames.receive(socket));
        } catch (IOException | AssertionError e) {
            passed.forEach(BlockingSocket::close);
            throw e;
        }
    }

    /**
     * Receives an offer that is no part of a {@link #handoff()}: one more, or one without a descriptor.
     *
     * @return the offer
     * @throws IOException if none comes within 30 seconds
     * @throws AssertionError if what comes is no offer
     */
    public HandoffOffer receiveOffer() throws IOException {
        return HandoffFrames.offerIn(HandoffFrames.receive(socket));
    }

    /**
     * Receives so many bytes. A descriptor that comes with them is lost.
     *
     * @param length how many
     * @return as many
     * @throws IOException if they do not come within 30 seconds, or the broker closes before
     */
    public byte[] receive(int length) throws IOException {
        return socket.receive(length);
    }

    /**
     * Sends bytes.
     *
     * @param bytes any bytes
     * @return this
     * @throws IOException if the broker has closed the connection
     */
    public BackendConnection send(byte[] bytes) throws IOException {
        socket.send(bytes);
        return this;
    }

    /**
     * Sends a frame.
     *
     * @param frame of any content
     * @return this
     * @throws IOException if the broker has closed the connection
     */
    public BackendConnection send(Frame frame) throws IOException {
        return send(HandoffFrames.encode(frame));
    }

    /**
     * Waits until the broker closes the connection.
     *
     * @return what it has sent until then
     * @throws IOException if it says nothing for 30 seconds, and does not close either
     */
    public byte[] receiveToEnd() throws IOException {
        return socket.receiveToEnd();
    }

    void close() {
        socket.close();
    }
}
