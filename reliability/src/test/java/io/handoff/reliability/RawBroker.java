package io.handoff.reliability;

import io.handoff.netty.token.HandoffToken;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.HandoffFrames;
import io.handoff.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/** A broker's side of one handoff, as it should be or not. Owns its connection to the backend. */
public final class RawBroker implements AutoCloseable {

    public static final int TOKEN_BYTES = HandoffToken.BYTES;

    /** A service that any backend here serves. */
    private static final String SERVICE = "chat";

    private final TestBroker connection;
    private final byte[] token;
    private final long correlationId = ThreadLocalRandom.current().nextLong();

    /** What the offer was sent with, and the ACK has to repeat. */
    private byte[] offered;

    private RawBroker(TestBroker connection, HandoffToken token) {
        this.connection = connection;
        this.token = token.toBytes();
        this.offered = this.token;
    }

    public static RawBroker dial(Path backend) throws IOException {
        return dial(backend, HandoffToken.random());
    }

    public static RawBroker dial(Path backend, HandoffToken token) throws IOException {
        return new RawBroker(TestBroker.connect(backend), token);
    }

    /** The token, with a descriptor on its first byte. */
    public RawBroker open(BlockingSocket... passed) throws IOException {
        connection.send(token, numbers(passed));
        return this;
    }

    /** A part of the token, with a descriptor on its first byte if there is one. */
    public RawBroker openPart(int from, int to, BlockingSocket... passed) throws IOException {
        connection.send(Arrays.copyOfRange(token, from, to), numbers(passed));
        return this;
    }

    private static int[] numbers(BlockingSocket... passed) {
        return Arrays.stream(passed).mapToInt(BlockingSocket::descriptor).toArray();
    }

    public RawBroker offer() throws IOException {
        return offer(SERVICE);
    }

    public RawBroker offer(String service) throws IOException {
        connection.send(HandoffFrames.offer(offered, service, correlationId));
        return this;
    }

    /** An offer with another token than the connection was opened with. */
    public RawBroker offerWith(byte[] otherToken) throws IOException {
        offered = otherToken;
        return offer();
    }

    /** The frame of the offer, to be changed. */
    public Frame.Builder frame() {
        return HandoffFrames.offer(offered, SERVICE, correlationId).toBuilder();
    }

    public RawBroker send(byte[] bytes) throws IOException {
        connection.send(bytes);
        return this;
    }

    public RawBroker endOutput() throws IOException {
        connection.shutdownOutput();
        return this;
    }

    /** There is one ACK, it accepts, and then the backend closes the connection. */
    public void expectAccepted() throws IOException {
        HandoffAck ack = receiveAck();
        if (!ack.getAccepted()) {
            throw new IOException("rejected: " + ack.getErrorDetail());
        }
        expectClosed();
    }

    /** There is one ACK, it rejects for this reason, and then the backend closes the connection. */
    public void expectRejected(String detail) throws IOException {
        HandoffAck ack = receiveAck();
        if (ack.getAccepted() || !ack.getErrorDetail().equals(detail)) {
            throw new IOException("accepted " + ack.getAccepted() + ", detail: " + ack.getErrorDetail()
                    + "; expected a rejection: " + detail);
        }
        expectClosed();
    }

    /** What the one ACK says: nothing where it accepts. */
    public String refusal() throws IOException {
        return receiveAck().getErrorDetail();
    }

    private HandoffAck receiveAck() throws IOException {
        return connection.receiveAckTo(HandoffFrames.offerIn(frame().build()));
    }

    /** The backend closes the connection, without another byte. */
    public void expectClosed() throws IOException {
        if (connection.socket().receiveUpTo(1).length > 0) {
            throw new IOException("the backend has sent something; expected it to close the connection");
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
