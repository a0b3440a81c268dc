package io.handoff.netty.observe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.google.protobuf.ByteString;
import io.handoff.netty.CapturedLog;
import io.handoff.netty.Frames;
import io.handoff.netty.RecordingListener;
import io.handoff.netty.Warns;
import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.netty.backend.DescriptorPolicy;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffRejection.Reason;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.HandoffFrames;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Lets everything happen that is told of anywhere, and looks for the tokens in all that was told. */
@ExtendWith(NoDescriptorsLeft.class)
class NoTokenToldIT {

    /** Offers whose judgement the program spoils. */
    private static final String UNREAD = "a client's first words";

    private static final String STATE = "a client's name";
    private static final long ADMISSION_FAILS = 100;

    private static final long INITIALIZER_FAILS = 101;

    /** A tag of the wire type 7, which there is not. */
    private static final byte[] NO_PROTOBUF = {0x0f};

    @TempDir
    Path directory;

    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private ClientConnection pair;
    private final List<HandoffToken> tokens = new ArrayList<>();
    private final RecordingListener listener = new RecordingListener() {
        @Override
        public void ackFailed(HandoffPeer peer, HandoffAnswer answer) {
            super.ackFailed(peer, answer);
            throw new IllegalStateException("listener of this test: " + answer);
        }
    };

    @BeforeEach
    void connectAClient() throws IOException {
        pair = ClientConnection.unix();
    }

    @AfterEach
    void stop() {
        pair.close();
        EventLoops.end(workers);
    }

    @Warns({
        "handoff OfferAdmission failed",
        "ChannelInitializer: Failed to initialize a channel",
        "handoff adoption failed",
        "handoff listener failed"
    })
    @Test
    void shouldFindNoTokenInLogsEventsMetersOrTexts() throws Exception {
        StringBuilder told = new StringBuilder();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Path recording = directory.resolve("handoff.jfr");
        List<RecordedEvent> recorded;
        try (CapturedLog log = CapturedLog.of(org.slf4j.Logger.ROOT_LOGGER_NAME, Level.TRACE);
                CapturedLog peers = CapturedLog.of(PeerLog.class.getName(), Level.TRACE);
                RecordedEvents events = RecordedEvents.start()) {
            try (HandoffServer server = start()) {
                new HandoffMeterBinder(server.metrics()).bindTo(registry);
                happen(server);
                told.append(registry.getMetersAsString());
                told.append(List.of(server, server.tokens(), server.metrics()));
            }
            recorded = events.stopTo(recording);
            told.append(log.everything()).append(peers.everything());
            assertThat(peers.messages())
                    .anyMatch(message -> message.contains("handoff accepted: "))
                    .anyMatch(message -> message.contains("handoff rejected: "))
                    .anyMatch(message -> message.contains("handoff wire error: "));
        }
        recorded.forEach(told::append);
        told.append(listener.judged).append(listener.ackFailures).append(listener.wireErrors);
        listener.judged.forEach(answer -> told.append(answer.offer()));

        assertThat(recorded)
                .extracting(event -> event.getEventType().getName())
                .contains("io.handoff.Handoff", "io.handoff.Rejection", "io.handoff.WireError");
        assertThat(told)
                .contains("handoff accepted: ", "handoff OfferAdmission failed", "handoff adoption failed")
                .contains("handoff.tokens");
        assertThat(tokens).hasSizeGreaterThan(6);
        assertNoTokenIn(told.toString());
        assertNoTokenIn(Files.readString(recording, ISO_8859_1));
    }

    private HandoffServer start() throws Exception {
        return HandoffServer.builder(directory.resolve("handoff.sock"))
                .descriptors(DescriptorPolicy.OPTIONAL)
                .tokenTimeToLive(Duration.ofSeconds(20))
                .maxStateBytes(100)
                .adoptInto(workers, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        HandedOffConnection origin =
                                channel.attr(HandedOffConnection.KEY).get();
                        if (origin.correlationId() == INITIALIZER_FAILS) {
                            throw new IllegalStateException("initializer of this test: " + origin);
                        }
                    }
                })
                .admission((offer, peer) -> {
                    if (offer.correlationId() == ADMISSION_FAILS) {
                        throw new IllegalStateException("admission of this test: " + offer);
                    }
                    return Optional.empty();
                })
                .listener(listener)
                .start()
                .get();
    }

    private HandoffToken newToken() {
        HandoffToken token = HandoffToken.random();
        tokens.add(token);
        return token;
    }

    private HandoffToken newPending(HandoffServer server) throws Exception {
        HandoffToken token = newToken();
        server.tokens().register(token).get();
        return token;
    }

    private void happen(HandoffServer server) throws Exception {
        handOff(server, newPending(server), 1);
        handOff(server, newPending(server), ADMISSION_FAILS);
        handOff(server, newPending(server), INITIALIZER_FAILS);
        handOff(server, newToken(), 2);
        mismatch(server);
        // A token where a frame should begin, and one inside a frame that is none.
        sendFramed(server, newToken().toBytes());
        sendFramed(server, Frames.framed(Frames.concat(NO_PROTOBUF, newToken().toBytes())));
        sendFramed(server, Frames.offer(newPending(server), 3));
        goBeforeTheAck(server);

        HandoffMetrics metrics = server.metrics();
        assertThat(metrics.offersRejected(Reason.TOKEN_NOT_PENDING)).isEqualTo(1);
        assertThat(metrics.offersRejected(Reason.NOT_ADMITTED)).isEqualTo(1);
        assertThat(metrics.offersRejected(Reason.ADOPTION_FAILED)).isEqualTo(1);
        assertThat(metrics.offersRejected(Reason.TOKEN_MISMATCH)).isEqualTo(1);
        assertThat(metrics.wireErrors(Kind.UNDECODABLE_FRAME)).isEqualTo(1);
    }

    private void handOff(HandoffServer server, HandoffToken token, long correlationId) throws IOException {
        try (TestBroker broker = TestBroker.connect(server.path())) {
            HandoffOffer offer = HandoffFrames.offerIn(
                            Frames.offerFrame(token, correlationId).build())
                    .toBuilder()
                    .setUnread(ByteString.copyFromUtf8(UNREAD))
                    .setState(ByteString.copyFromUtf8(STATE))
                    .build();
            broker.offer(HandoffFrames.offer(offer), pair.accepted().descriptor());
            assertThat(broker.receiveToEnd()).isNotEmpty();
            assertThat(offer.toString() + HandoffFrames.offer(offer)).doesNotContain(UNREAD, STATE);
        }
    }

    private void mismatch(HandoffServer server) throws Exception {
        try (TestBroker broker = TestBroker.connect(server.path())) {
            broker.send(newToken().toBytes(), pair.accepted().descriptor()).send(Frames.offer(newPending(server), 4));
            assertThat(broker.receiveToEnd()).isNotEmpty();
        }
    }

    private static void sendFramed(HandoffServer server, byte[] bytes) throws IOException {
        try (TestBroker broker = TestBroker.connect(server.path())) {
            broker.send(bytes).shutdownOutput().receiveToEnd();
        }
    }

    /** The ACK of an offer cannot be written when its broker has gone; whether it has by then is not in our hands. */
    private void goBeforeTheAck(HandoffServer server) throws Exception {
        while (listener.ackFailures.isEmpty()) {
            try (TestBroker broker = TestBroker.connect(server.path())) {
                broker.offer(
                        Frames.offerFrame(newPending(server), 5).build(),
                        pair.accepted().descriptor());
            }
            await().until(() -> server.metrics().openConnections(), open -> open == 0);
        }
    }

    private void assertNoTokenIn(String text) {
        assertThat(text.contains(UNREAD) || text.contains(STATE))
                .as("what travels with a connection")
                .isFalse();
        String lowerCase = text.toLowerCase(Locale.ROOT);
        for (HandoffToken token : tokens) {
            byte[] bytes = token.toBytes();
            assertThat(lowerCase.contains(token.toHex())).as("hexadecimal").isFalse();
            assertThat(text.contains(new String(bytes, ISO_8859_1))).as("bytes").isFalse();
            assertThat(text.contains(Arrays.toString(bytes))).as("array").isFalse();
        }
    }
}
