package io.handoff.netty;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.handoff.netty.HandoffWireException.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server that is fuzzed over its socket, and what it has told since the program began. */
final class FuzzedServer implements AutoCloseable {

    static final int MAX_FRAME_LENGTH = 512;

    private static final Duration OFFER_TIMEOUT = Duration.ofMillis(40);
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};
    private static final int PATIENCE_SECONDS = 20;

    private final HandoffServer server;
    private final RecordingListener told = new RecordingListener();
    private final Collection<HandoffToken> pending;
    private final boolean requiresDescriptors;

    /** Starts a server with these tokens pending for each program, or one that takes those that come with descriptors. */
    FuzzedServer(HandoffServer.Builder builder, Collection<HandoffToken> pending) throws Exception {
        this.pending = pending;
        this.requiresDescriptors = pending.isEmpty();
        this.server = builder.descriptors(requiresDescriptors ? DescriptorPolicy.REQUIRED : DescriptorPolicy.OPTIONAL)
                .expectedTokens(requiresDescriptors ? ExpectedTokenPolicy.carried() : ExpectedTokenPolicy.pending())
                .tokenTimeToLive(Duration.ofDays(1))
                .offerTimeout(OFFER_TIMEOUT)
                .maxFrameLength(MAX_FRAME_LENGTH)
                .listener(told)
                .start()
                .get();
    }

    boolean requiresDescriptors() {
        return requiresDescriptors;
    }

    NativeBroker connect() {
        return NativeBroker.connect(server.path());
    }

    void begin() throws Exception {
        told.judged.clear();
        told.wireErrors.clear();
        told.ackFailures.clear();
        for (HandoffToken token : pending) {
            server.tokens().register(token).get();
        }
    }

    /** Nothing is open, and no token that has come with a descriptor is left. */
    boolean isQuiet() throws Exception {
        return server.metrics().openConnections() == 0
                && (!requiresDescriptors || server.tokens().pendingCount().get() == 0);
    }

    /** How often the offers of a program were accepted, by their tokens, as this side has been told. */
    Map<ByteString, Integer> accepted() {
        Map<ByteString, Integer> accepted = new HashMap<>();
        for (HandoffAcceptance acceptance : told.judged) {
            boolean isProgramsOwn = acceptance.offer().correlationId() != FuzzedServers.GOOD_CLIENT;
            if (acceptance instanceof HandoffAcceptance.Accepted && isProgramsOwn) {
                accepted.merge(ByteString.copyFrom(acceptance.offer().token()), 1, Integer::sum);
            }
        }
        return accepted;
    }

    /** Compares what was accepted with what was offered, and leaves no token pending. */
    void check(List<ProgramConnection> connections) throws Exception {
        Map<ByteString, Integer> accepted = accepted();
        accepted.forEach((token, times) -> {
            long acceptable = connections.stream()
                    .filter(connection -> connection.server() == this
                            && connection.acceptable().contains(token))
                    .count();
            assertThat(times.longValue())
                    .as("acceptances of a token that came with %s offers", acceptable)
                    .isLessThanOrEqualTo(requiresDescriptors ? acceptable : Math.min(1, acceptable));
        });
        for (HandoffToken token : pending) {
            boolean isPending = server.tokens().revoke(token).get();
            boolean isAccepted = accepted.containsKey(ByteString.copyFrom(token.toBytes()));
            assertThat(isPending && isAccepted)
                    .as("an accepted token is still pending")
                    .isFalse();
        }
        assertThat(server.tokens().pendingCount().get()).as("tokens pending").isZero();
    }

    /** Hands a connection over and talks with it. Only a machine that is too busy for the deadline is an excuse. */
    void serveGoodClient() throws Exception {
        boolean isServed;
        do {
            long missed = server.metrics().wireErrors(Kind.DEADLINE_EXCEEDED);
            isServed = isGoodClientServed();
            assertThat(isServed || server.metrics().wireErrors(Kind.DEADLINE_EXCEEDED) > missed)
                    .as("a good client is served")
                    .isTrue();
        } while (!isServed);
    }

    private boolean isGoodClientServed() throws Exception {
        HandoffToken token = HandoffToken.random();
        if (!requiresDescriptors) {
            server.tokens().register(token).get();
        }
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        try (NativeBroker broker = connect()) {
            Libc.trySend(broker.socket(), token.toBytes(), Libc.MSG_NOSIGNAL, pair[0]);
            Libc.trySend(broker.socket(), Frames.offer(token, FuzzedServers.GOOD_CLIENT), Libc.MSG_NOSIGNAL);
            byte[] answer = broker.receiveUntilClosed();
            if (answer.length == 0) {
                server.tokens().revoke(token).get();
                return false;
            }
            assertThat(AckStream.read(answer))
                    .singleElement()
                    .satisfies(ack -> assertThat(ack.getErrorDetail()).isEmpty());
            assertEcho(pair[1]);
            return true;
        } finally {
            checked(C.close(pair[0]));
            checked(C.close(pair[1]));
        }
    }

    private static void assertEcho(int client) {
        Libc.setOption(client, Libc.SO_RCVTIMEO, PATIENCE_SECONDS, 0, 0, 0);
        Libc.send(client, HELLO);
        byte[] echo = new byte[HELLO.length];
        int got = 0;
        while (got < echo.length) {
            byte[] piece = new byte[echo.length - got];
            long read = Libc.receive(client, piece, 0);
            assertThat(read).as("bytes echoed to a good client").isPositive();
            System.arraycopy(piece, 0, echo, got, (int) read);
            got += (int) read;
        }
        assertThat(echo).isEqualTo(HELLO);
    }

    @Override
    public void close() {
        server.close();
    }
}
