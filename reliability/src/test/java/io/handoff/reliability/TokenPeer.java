package io.handoff.reliability;

import com.google.protobuf.ByteString;
import io.handoff.benchmarks.load.LibcCalls;
import io.handoff.netty.HandoffToken;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffAck;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * A handoff connection, and a peer at its other end that presents any tokens it likes. For one thread; the calls that it
 * is given are that thread's, too.
 */
final class TokenPeer implements AutoCloseable {

    /** The verdict on an offer that is accepted; any other is the text of the rejection. */
    static final String ACCEPTED = "accepted";

    private static final int HEADER_LENGTH = 5;

    private final FileDescriptor socket;
    private final ByteBuffer received =
            ByteBuffer.allocateDirect(16 * 1024).order(ByteOrder.LITTLE_ENDIAN).flip();

    /** Presented, oldest first: ACKs keep the order of their offers. */
    private final Queue<HandoffToken> unanswered = new ArrayDeque<>();

    private TokenPeer(FileDescriptor socket) {
        this.socket = socket;
    }

    static TokenPeer connect(LibcCalls libc) throws IOException {
        FileDescriptor socket = libc.newSocket();
        try {
            Patience patience = new Patience("the backlog stays full");
            while (!libc.connect(socket)) {
                patience.pause();
            }
            return new TokenPeer(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Opens the connection with a token and a client's connection. */
    TokenPeer carry(LibcCalls libc, HandoffToken token, CarriedClient client) throws IOException {
        libc.send(socket, token.toBytes(), client.passed());
        return this;
    }

    /** Makes an offer with this token. */
    TokenPeer present(HandoffToken token) throws IOException {
        return present(List.of(token));
    }

    /** Makes an offer with each of these tokens, without waiting for an answer. */
    TokenPeer present(List<HandoffToken> tokens) throws IOException {
        unanswered.addAll(tokens);
        ByteBuffer offers = OfferBytes.of(tokens);
        Patience patience = new Patience("offers do not leave");
        while (offers.hasRemaining()) {
            int written = socket.write(offers, offers.position(), offers.limit());
            offers.position(offers.position() + written);
            if (offers.hasRemaining()) {
                patience.pause();
            }
        }
        return this;
    }

    /** Waits for the answer to the oldest offer that has none yet. */
    String verdict() throws IOException {
        HandoffAck ack = HandoffAck.parseFrom(nextFrame().getPayload());
        HandoffToken presented = unanswered.remove();
        if (!ack.getToken().equals(ByteString.copyFrom(presented.toBytes()))) {
            throw new IOException("an ACK came out of turn");
        }
        return ack.getAccepted() ? ACCEPTED : ack.getErrorDetail();
    }

    private Frame nextFrame() throws IOException {
        await(HEADER_LENGTH);
        int length = received.getInt(received.position() + 1);
        await(HEADER_LENGTH + length);
        byte[] body = new byte[length];
        received.position(received.position() + HEADER_LENGTH).get(body);
        return Frame.parseFrom(body);
    }

    private void await(int length) throws IOException {
        Patience patience = new Patience("no ACK came");
        while (received.remaining() < length) {
            received.compact();
            int read = socket.read(received, received.position(), received.limit());
            received.position(received.position() + Math.max(0, read)).flip();
            if (read < 0) {
                throw new IOException("closed before the ACK");
            }
            if (read == 0) {
                patience.pause();
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
