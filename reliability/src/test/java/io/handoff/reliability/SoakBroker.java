package io.handoff.reliability;

import io.handoff.netty.HandoffToken;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffAck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/** A broker's side of one handoff, as it should be or not. Owns its connection to the backend. */
final class SoakBroker implements AutoCloseable {

    static final int TOKEN_BYTES = HandoffToken.BYTES;

    private final SoakSocket connection;
    private final byte[] token;
    private final long correlationId = ThreadLocalRandom.current().nextLong();

    /** What the offer was sent with, and the ACK has to repeat. */
    private byte[] offered;

    private SoakBroker(SoakSocket connection, HandoffToken token) {
        this.connection = connection;
        this.token = token.toBytes();
        this.offered = this.token;
    }

    static SoakBroker dial(Path backend) throws IOException {
        return dial(backend, HandoffToken.random());
    }

    static SoakBroker dial(Path backend, HandoffToken token) throws IOException {
        return new SoakBroker(SoakSocket.dial(backend), token);
    }

    /** The token, with a descriptor on its first byte. */
    SoakBroker open(SoakSocket... passed) throws IOException {
        connection.send(token, passed);
        return this;
    }

    /** A part of the token, with a descriptor on its first byte if there is one. */
    SoakBroker openPart(int from, int to, SoakSocket... passed) throws IOException {
        connection.send(Arrays.copyOfRange(token, from, to), passed);
        return this;
    }

    SoakBroker offer() throws IOException {
        return offer(SoakBackend.SERVICE);
    }

    SoakBroker offer(String service) throws IOException {
        return send(RawFrames.framed(
                RawFrames.offer(offered, service, correlationId).build().toByteArray()));
    }

    /** An offer with another token than the connection was opened with. */
    SoakBroker offerWith(byte[] otherToken) throws IOException {
        offered = otherToken;
        return offer();
    }

    /** The frame of the offer, to be changed. */
    Frame.Builder frame() {
        return RawFrames.offer(offered, SoakBackend.SERVICE, correlationId);
    }

    SoakBroker send(byte[] bytes) throws IOException {
        connection.send(bytes);
        return this;
    }

    SoakBroker endOutput() throws IOException {
        connection.shutdownOutput();
        return this;
    }

    /** There is one ACK, it accepts, and then the backend closes the connection. */
    void expectAccepted() throws IOException {
        HandoffAck ack = receiveAck();
        if (!ack.getAccepted() || !ack.getErrorDetail().isEmpty()) {
            throw new IOException("rejected: " + ack.getErrorDetail());
        }
        expectClosed();
    }

    /** There is one ACK, it rejects for this reason, and then the backend closes the connection. */
    void expectRejected(String detail) throws IOException {
        HandoffAck ack = receiveAck();
        if (ack.getAccepted() || !ack.getErrorDetail().equals(detail)) {
            throw new IOException("accepted " + ack.getAccepted() + ", detail: " + ack.getErrorDetail()
                    + "; expected a rejection: " + detail);
        }
        expectClosed();
    }

    /** What the one ACK says: nothing where it accepts. */
    String refusal() throws IOException {
        return RawFrames.refusal(receiveAck());
    }

    private HandoffAck receiveAck() throws IOException {
        byte[] header = connection.receive(RawFrames.HEADER_BYTES);
        byte[] body = connection.receive(RawFrames.bodyLength(header));
        return RawFrames.ack(body, offered, correlationId);
    }

    /** The backend closes the connection, without another byte. */
    void expectClosed() throws IOException {
        if (connection.receiveUpTo(1).length > 0) {
            throw new IOException("the backend has sent something; expected it to close the connection");
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
