package io.handoff.reliability.token;

import io.handoff.netty.token.HandoffToken;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.testkit.HandoffFrames;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * A peer that presents any tokens it likes, on a connection without descriptor. Blocks until what it wants is there, and
 * is for one thread at a time.
 */
final class TokenPeer implements AutoCloseable {

    /** The verdict on an offer that is accepted; any other is the text of the rejection. */
    static final String ACCEPTED = "";

    static final String EXPIRED = "handoff token expired";
    static final String MISMATCH = "handoff token mismatch";
    static final String NOT_PENDING = "handoff token is not pending";

    private static final String SERVICE = "chat";
    private static final long CORRELATION_ID = 7;

    private final SocketChannel connection;
    private final InputStream acks;

    /** Presented, oldest first: ACKs keep the order of their offers. */
    private final Queue<HandoffToken> unanswered = new ArrayDeque<>();

    private TokenPeer(SocketChannel connection) {
        this.connection = connection;
        this.acks = new BufferedInputStream(Channels.newInputStream(connection));
    }

    static TokenPeer connect(Path backend) throws IOException {
        return new TokenPeer(SocketChannel.open(UnixDomainSocketAddress.of(backend)));
    }

    /** Makes an offer with this token. */
    TokenPeer present(HandoffToken token) throws IOException {
        return present(List.of(token));
    }

    /** Makes an offer with each of these tokens, without waiting for an answer. */
    TokenPeer present(List<HandoffToken> tokens) throws IOException {
        unanswered.addAll(tokens);
        ByteBuffer[] offers = tokens.stream()
                .map(token -> ByteBuffer.wrap(HandoffFrames.encode(offer(token))))
                .toArray(ByteBuffer[]::new);
        ByteBuffer last = offers[offers.length - 1];
        while (last.hasRemaining()) {
            connection.write(offers);
        }
        return this;
    }

    private static Frame offer(HandoffToken token) {
        return HandoffFrames.offer(token.toBytes(), SERVICE, CORRELATION_ID);
    }

    /** Waits for the answer to the oldest offer that has none yet. */
    String verdict() throws IOException {
        HandoffOffer offered = HandoffFrames.offerIn(offer(unanswered.remove()));
        return HandoffFrames.ackIn(HandoffFrames.read(acks), offered).getErrorDetail();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
