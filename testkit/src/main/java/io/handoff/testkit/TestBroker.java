package io.handoff.testkit;

import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/**
 * A broker's connection to a handoff socket. {@link #handOff(ClientConnection)} does as the protocol says; with the other
 * methods a test sends what it likes: no descriptor or several, a token in pieces, any bytes at all.
 */
public final class TestBroker implements AutoCloseable {

    private static final String SERVICE_NAME = "test";
    private static final long CORRELATION_ID = 1;

    private final BlockingSocket socket;

    private TestBroker(BlockingSocket socket) {
        this.socket = socket;
    }

    /**
     * Connects to a backend.
     *
     * @param handoffSocket where it listens
     * @return the connection, on which nothing has been sent
     * @throws IOException if nobody listens there
     */
    public static TestBroker connect(Path handoffSocket) throws IOException {
        return new TestBroker(BlockingSocket.connect(UnixDomainSocketAddress.of(handoffSocket)));
    }

    /**
     * Hands a client's connection off, with a random token and for the service {@code test}. If the backend accepts, the
     * accepted end is closed here, as a broker does; else it stays open.
     *
     * @param connection the client's connection
     * @return the answer, with which the offer's token and correlation id have come back
     * @throws IOException if no answer comes
     * @throws AssertionError if what comes is no answer to the offer
     */
    public HandoffAck handOff(ClientConnection connection) throws IOException {
        Frame offer = HandoffFrames.offer(HandoffFrames.randomToken(), SERVICE_NAME, CORRELATION_ID);
        HandoffAck ack = handOff(offer, connection.accepted().descriptor());
        if (ack.getAccepted()) {
            connection.accepted().close();
        }
        return ack;
    }

    /**
     * Hands a connection off with an offer of the test's own, and waits for the answer.
     *
     * @param offer an offer in its envelope
     * @param descriptor the number of an open descriptor, which is not closed here
     * @return the answer, with which the offer's token and correlation id have come back
     * @throws IOException if no answer comes
     * @throws AssertionError if what comes is no answer to the offer
     */
    public HandoffAck handOff(Frame offer, int descriptor) throws IOException {
        return offer(offer, descriptor).receiveAckTo(HandoffFrames.offerIn(offer));
    }

    /**
     * Sends what a broker sends: the offer's token with a descriptor, and then the offer.
     *
     * @param offer an offer in its envelope
     * @param descriptor the number of an open descriptor, which is not closed here
     * @return this
     * @throws IOException if the backend has closed the connection, or the kernel does not pass the descriptor
     */
    public TestBroker offer(Frame offer, int descriptor) throws IOException {
        return send(HandoffFrames.offerIn(offer).getToken().toByteArray(), descriptor)
                .send(offer);
    }

    /**
     * Sends bytes, and descriptors with the first of them.
     *
     * @param bytes any bytes
     * @param descriptors the numbers of open descriptors, none of which is closed here
     * @return this
     * @throws IOException if the backend has closed the connection, or the kernel does not pass what is to be passed
     */
    public TestBroker send(byte[] bytes, int... descriptors) throws IOException {
        socket.send(bytes, descriptors);
        return this;
    }

    /**
     * Sends a frame.
     *
     * @param frame of any content
     * @return this
     * @throws IOException if the backend has closed the connection
     */
    public TestBroker send(Frame frame) throws IOException {
        return send(HandoffFrames.encode(frame));
    }

    /**
     * Ends what the broker sends; it can still receive.
     *
     * @return this
     * @throws IOException if the backend has closed the connection
     */
    public TestBroker shutdownOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /**
     * Receives the next ACK.
     *
     * @return the ACK
     * @throws IOException if none comes within 30 seconds, or the backend closes before
     * @throws AssertionError if what comes is no ACK
     */
    public HandoffAck receiveAck() throws IOException {
        return HandoffFrames.ackIn(HandoffFrames.receive(socket));
    }

    /**
     * Receives the next ACK, which has to answer an offer.
     *
     * @param offer the offer
     * @return the ACK
     * @throws IOException as {@link #receiveAck}
     * @throws AssertionError if what comes is no answer to the offer
     */
    public HandoffAck receiveAckTo(HandoffOffer offer) throws IOException {
        return HandoffFrames.ackIn(HandoffFrames.receive(socket), offer);
    }

    /**
     * Receives so many bytes.
     *
     * @param length how many
     * @return as many
     * @throws IOException if they do not come within 30 seconds, or the backend closes before
     */
    public byte[] receive(int length) throws IOException {
        return socket.receive(length);
    }

    /**
     * Receives everything until the backend closes the connection.
     *
     * @return the bytes, perhaps none
     * @throws IOException if the backend does not close it within 30 seconds
     */
    public byte[] receiveToEnd() throws IOException {
        return socket.receiveToEnd();
    }

    /**
     * Lends the connection.
     *
     * @return the socket, which is closed with this
     */
    public BlockingSocket socket() {
        return socket;
    }

    /** Closes the connection to the backend. */
    @Override
    public void close() {
        socket.close();
    }
}
