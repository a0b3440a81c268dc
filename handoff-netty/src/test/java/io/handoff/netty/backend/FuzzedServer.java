package io.handoff.netty.backend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.handoff.netty.AckStream;
import io.handoff.netty.Frames;
import io.handoff.netty.ProgramConnection;
import io.handoff.netty.RecordingListener;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.TestBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server that is fuzzed over its socket, and what it has told since the program began. */
public final class FuzzedServer implements AutoCloseable {

    public static final int MAX_FRAME_LENGTH = 512;

    private static final Duration OFFER_TIMEOUT = Duration.ofMillis(100);

    private final HandoffServer server;
    private final RecordingListener told = new RecordingListener();
    private final Collection<HandoffToken> pending;
    private final boolean requiresDescriptors;

    /** Starts a server with these tokens pending for each program, or one that takes those that come with descriptors. */
    FuzzedServer(HandoffServerBuilder builder, Collection<HandoffToken> pending) throws Exception {
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

    public boolean requiresDescriptors() {
        return requiresDescriptors;
    }

    public TestBroker connect() throws IOException {
        return TestBroker.connect(server.path());
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
        for (HandoffAnswer answer : told.judged) {
            boolean isProgramsOwn = answer.offer().correlationId() != FuzzedServers.GOOD_CLIENT;
            if (answer instanceof HandoffAnswer.Accepted && isProgramsOwn) {
                accepted.merge(ByteString.copyFrom(answer.offer().token().toBytes()), 1, Integer::sum);
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
        try (ClientConnection client = ClientConnection.unix();
                TestBroker broker = connect()) {
            try {
                broker.offer(
                        Frames.offerFrame(token, FuzzedServers.GOOD_CLIENT).build(),
                        client.accepted().descriptor());
            } catch (IOException e) {
                // Told by the answer that does not come.
            }
            byte[] answer = broker.receiveToEnd();
            if (answer.length == 0) {
                server.tokens().revoke(token).get();
                return false;
            }
            assertThat(AckStream.read(answer))
                    .singleElement()
                    .satisfies(ack -> assertThat(ack.getErrorDetail()).isEmpty());
            assertThat(client.client().send("hello").receiveText(5)).as("echo").isEqualTo("hello");
            return true;
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
