package io.handoff.netty;

import static io.handoff.netty.Libc.C;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.handoff.netty.HandoffRejection.Reason;
import io.handoff.netty.HandoffWireException.Kind;
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
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Lets everything happen that is told of anywhere, and looks for the tokens in all that was told. */
@ExtendWith(NoDescriptorsLeft.class)
class NoTokenToldIT {

    /** Offers whose judgement the program spoils. */
    private static final long ADMISSION_FAILS = 100;

    private static final long INITIALIZER_FAILS = 101;

    /** A tag of the wire type 7, which there is not. */
    private static final byte[] NO_PROTOBUF = {0x0f};

    @TempDir
    Path directory;

    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final int[] pair = Libc.pair(Libc.SOCK_STREAM);
    private final List<HandoffToken> tokens = new ArrayList<>();
    private final RecordingListener listener = new RecordingListener() {
        @Override
        public void ackFailed(HandoffPeer peer, HandoffAcceptance acceptance) {
            super.ackFailed(peer, acceptance);
            throw new IllegalStateException("listener of this test: " + acceptance);
        }
    };

    @AfterEach
    void stop() {
        C.close(pair[0]);
        C.close(pair[1]);
        workers.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

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
        listener.judged.forEach(acceptance -> told.append(acceptance.offer()));

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

    private void handOff(HandoffServer server, HandoffToken token, long correlationId) {
        try (NativeBroker broker = NativeBroker.connect(server.path())) {
            broker.handOff(token, correlationId, pair[0]);
            assertThat(broker.receiveUntilClosed()).isNotEmpty();
        }
    }

    private void mismatch(HandoffServer server) throws Exception {
        try (NativeBroker broker = NativeBroker.connect(server.path())) {
            broker.send(newToken().toBytes(), pair[0]).send(Frames.offer(newPending(server), 4));
            assertThat(broker.receiveUntilClosed()).isNotEmpty();
        }
    }

    private static void sendFramed(HandoffServer server, byte[] bytes) throws IOException {
        try (RawBroker broker = RawBroker.connect(server.path())) {
            broker.send(bytes).sendEof().receiveUntilClosed();
        }
    }

    /** The ACK of an offer cannot be written when its broker has gone; whether it has by then is not in our hands. */
    private void goBeforeTheAck(HandoffServer server) throws Exception {
        while (listener.ackFailures.isEmpty()) {
            try (NativeBroker broker = NativeBroker.connect(server.path())) {
                broker.handOff(newPending(server), 5, pair[0]);
            }
            await().until(() -> server.metrics().openConnections(), open -> open == 0);
        }
    }

    private void assertNoTokenIn(String text) {
        String lowerCase = text.toLowerCase(Locale.ROOT);
        for (HandoffToken token : tokens) {
            byte[] bytes = token.toBytes();
            assertThat(lowerCase.contains(token.toHex())).as("hexadecimal").isFalse();
            assertThat(text.contains(new String(bytes, ISO_8859_1))).as("bytes").isFalse();
            assertThat(text.contains(Arrays.toString(bytes))).as("array").isFalse();
        }
    }
}
