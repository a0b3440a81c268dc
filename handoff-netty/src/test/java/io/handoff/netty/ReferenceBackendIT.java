package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.netty.wire.Offer;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.channel.unix.UnixChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** This library's broker hands clients to the reference backend; each side says what it saw. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
@ParameterizedClass
@MethodSource("io.handoff.netty.ReferenceVersion#all")
class ReferenceBackendIT {

    private static final long ID = 7;

    private final ReferenceVersion reference;

    @TempDir
    Path directory;

    private final FakeBroker program = new FakeBroker();
    private @Nullable ReferencePeer backend;

    /** What the backend has open while it does nothing. */
    private Set<String> idle = Set.of();

    ReferenceBackendIT(ReferenceVersion reference) {
        this.reference = reference;
    }

    @AfterEach
    void stop() throws Exception {
        program.close();
        if (backend != null) {
            ReferencePeer running = backend;
            try {
                await("descriptors of the backend to be closed").until(running::openDescriptors, idle::equals);
            } finally {
                running.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHandAClientOver(boolean tcp) throws Exception {
        backend();
        Served served = serve(tcp);
        served.client().send("before ");
        assertThat(served.client().receiveText(7)).as("echoed by the broker").isEqualTo("before ");

        HandoffOutcome outcome = handOff(broker(), served, HandoffToken.random(), ID);

        assertThat(outcome).isEqualTo(new Accepted());
        assertThat(served.channel().isOpen()).isFalse();
        assertThat(served.client().send("after").receiveText(5)).isEqualTo("after");
        assertThat(reported())
                .isEqualTo("offer handle_value=0 service=zccache correlation_id=7 answer=accepted detail=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "9223372036854775808", "18446744073709551615"})
    void shouldAgreeOnCorrelationIdsOfSixtyFourBits(String id) throws Exception {
        backend();

        HandoffOutcome outcome = handOff(broker(), serve(true), HandoffToken.random(), Long.parseUnsignedLong(id));

        assertThat(outcome).isEqualTo(new Accepted());
        assertThat(reported())
                .isEqualTo("offer handle_value=0 service=zccache correlation_id=" + id + " answer=accepted detail=");
    }

    /** The crate's own judgement of the token. */
    @ParameterizedTest
    @CsvSource({
        "unknown, handoff token is not pending",
        "other, handoff token mismatch",
        "expired, handoff token expired"
    })
    void shouldServeAClientAgainWhoseTokenTheBackendRefuses(String tokenMode, String text) throws Exception {
        backend("--token-mode", tokenMode);

        assertRejected(text, text);
    }

    /** The text goes there in a file: a command line holds only what the locale can express. */
    @ParameterizedTest
    @ValueSource(strings = {"not today", "geschlossen \u2013 \u9589\u5e97 \ud83d\ude80"})
    void shouldServeAClientAgainThatTheBackendRejects(String text) throws Exception {
        backend(
                "--reject-with-text-of",
                Files.writeString(directory.resolve("reason"), text).toString());

        assertRejected(text, text);
    }

    @Test
    void shouldServeAClientAgainThatTheBackendRejectsWithoutAWord() throws Exception {
        backend("--reject", "");

        assertRejected("no detail provided", "");
    }

    /** It knows v1 only: it skips the fields of WIRE §10, and accepts. */
    @Test
    @Warns("what travelled with a connection is lost")
    void shouldTellOfWhatTheBackendHasSkipped() throws Exception {
        backend();
        Served served = serve(true);
        HandoffBroker broker = HandoffBroker.builder(socket()).carryState(true).build();
        Offer offer = Offer.of(HandoffToken.random(), "zccache", ID).carrying(new byte[3], new byte[4]);

        HandoffOutcome outcome = broker.handOff(served.channel(), offer).get(20, TimeUnit.SECONDS);

        assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.stage()).isEqualTo(Stage.STATE_LOST);
            assertThat(failed.connectionUsable()).isFalse();
            assertThat(failed.cause())
                    .hasMessage(
                            "the backend accepted the connection and took 0 bytes that travelled with it; expected 7");
        });
        assertThat(served.client().send("hello").receiveText(5)).isEqualTo("hello");
        assertThat(reported())
                .isEqualTo("offer handle_value=0 service=zccache correlation_id=7 answer=accepted detail=");
    }

    @Test
    void shouldAgreeWithABackendOfV1WhereNothingTravels() throws Exception {
        backend();
        Served served = serve(true);
        HandoffBroker broker = HandoffBroker.builder(socket()).carryState(true).build();

        assertThat(handOff(broker, served, HandoffToken.random(), ID)).isEqualTo(new Accepted());
        assertThat(served.client().send("hello").receiveText(5)).isEqualTo("hello");
    }

    @Test
    void shouldLetGoOfAClientWhoseAnswerIsLate() throws Exception {
        backend("--late", "2000");
        Served served = serve(true);
        HandoffBroker broker =
                HandoffBroker.builder(socket()).timeout(Duration.ofMillis(200)).build();

        HandoffOutcome outcome = handOff(broker, served, HandoffToken.random(), ID);

        assertThat(assertLetGo(served, outcome).kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
        assertThat(served.client().receiveToEnd())
                .as("the backend could not answer, and lets go too")
                .isEmpty();
        assertThat(reported()).startsWith("failed detail=I/O error: Broken pipe");
    }

    /** Ambiguous to the broker, and no client of its own any more: only the backend may serve it, which takes it for its. */
    @ParameterizedTest
    @CsvSource({
        "envelope-version, ENVELOPE_VERSION, unexpected HandoffAck frame: envelope_version is not v1",
        "kind, FRAME_KIND, unexpected HandoffAck frame: kind is not RESPONSE",
        "protocol, PAYLOAD_PROTOCOL, unexpected HandoffAck frame: payload_protocol is not handoff",
        "encoding, PAYLOAD_ENCODING, unexpected HandoffAck frame: payload is compressed",
        "request-id, CORRELATION, HandoffAck frame request_id 6 does not match correlation id 7",
        "payload, UNDECODABLE_PAYLOAD, failed to decode HandoffAck payload: ",
        "correlation, CORRELATION, HandoffAck correlation id 6 does not match offer correlation id 7",
        "echo, TOKEN_ECHO, HandoffAck token echo does not match the offered token"
    })
    void shouldLetGoOfAClientAfterAnAnswerThatIsNone(String part, Kind kind, String text) throws Exception {
        backend("--wrong", part);
        Served served = serve(true);

        HandoffOutcome outcome = handOff(broker(), served, HandoffToken.random(), ID);

        HandoffWireException cause = assertLetGo(served, outcome);
        assertThat(cause.kind()).isEqualTo(kind);
        assertThat(cause).hasMessageStartingWith(text);
        assertThat(served.client().send("hello").receiveText(5)).isEqualTo("hello");
        assertThat(reported()).isEqualTo("offer handle_value=0 service=zccache correlation_id=7 answer=wrong detail=");
    }

    @Test
    void shouldLetGoOfAClientWhoseBackendVanishes() throws Exception {
        backend("--vanish");
        Served served = serve(true);

        HandoffOutcome outcome = handOff(broker(), served, HandoffToken.random(), ID);

        assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.stage()).isEqualTo(Stage.ACK);
            assertThat(failed.connectionUsable()).isFalse();
            assertThat(failed.cause()).hasMessage("the backend closed the connection without a HandoffAck");
        });
        assertThat(served.client().receiveToEnd()).isEmpty();
    }

    @Test
    void shouldGoOnServingAClientWhoseBackendIsDead() throws Exception {
        backend().close();
        backend = null;
        Served served = serve(true);

        HandoffOutcome outcome = handOff(broker(), served, HandoffToken.random(), ID);

        assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.stage()).isEqualTo(Stage.CONNECT);
            assertThat(failed.connectionUsable()).isTrue();
        });
        assertThat(served.client().send("hello").receiveText(5)).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHandAThousandClientsOverThirtyTwoAtATime(boolean tcp) throws Exception {
        int clients = 1000;
        backend();
        listen(tcp);
        HandoffBroker broker = broker();
        ExecutorService threads = Executors.newFixedThreadPool(32);
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            int id = i;
            answers.add(threads.submit(() -> {
                Served served = connect();
                try (BlockingSocket client = served.client()) {
                    String text = "client " + id;
                    client.send(text);
                    assertThat(client.receiveText(text.length())).isEqualTo(text);
                    assertThat(handOff(broker, served, HandoffToken.random(), id))
                            .isEqualTo(new Accepted());
                    assertThat(served.channel().isOpen()).isFalse();
                    return client.send("moved " + text).receiveText("moved ".length() + text.length());
                }
            }));
        }
        threads.shutdown();

        for (int i = 0; i < clients; i++) {
            assertThat(answers.get(i).get()).isEqualTo("moved client " + i);
        }
        List<String> expected = new ArrayList<>(List.of("listening"));
        for (int i = 0; i < clients; i++) {
            expected.add("offer handle_value=0 service=zccache correlation_id=" + i + " answer=accepted detail=");
        }
        assertThat(peer().awaitLines(clients + 1)).containsExactlyInAnyOrderElementsOf(expected);
    }

    private void assertRejected(String text, String sent) throws Exception {
        Served served = serve(true);
        HandoffBroker broker = broker();
        for (int round = 0; round < 3; round++) {
            served.client().send("during");

            assertThat(handOff(broker, served, HandoffToken.random(), ID)).isEqualTo(new Rejected(text));

            assertThat(Libc.isNonBlocking(((UnixChannel) served.channel()).fd()))
                    .as("as it came")
                    .isTrue();
            assertThat(served.client().receiveText(6)).isEqualTo("during");
            assertThat(served.client().send("after").receiveText(5)).isEqualTo("after");
            assertThat(served.channel().isActive()).isTrue();
        }
        assertThat(reported())
                .isEqualTo("offer handle_value=0 service=zccache correlation_id=7 answer=rejected detail=" + sent);
    }

    private static HandoffWireException assertLetGo(Served served, HandoffOutcome outcome) {
        assertThat(outcome).isInstanceOf(Failed.class);
        Failed failed = (Failed) outcome;
        assertThat(failed.stage()).isEqualTo(Stage.ACK);
        assertThat(failed.connectionUsable()).isFalse();
        assertThat(served.channel().isOpen()).isFalse();
        assertThat(failed.cause()).isInstanceOf(HandoffWireException.class);
        return (HandoffWireException) failed.cause();
    }

    private String reported() throws InterruptedException {
        return peer().awaitLines(2).get(1);
    }

    private ReferencePeer backend(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("backend", "--socket", socket().toString()));
        arguments.addAll(List.of(options));
        ReferencePeer started = ReferencePeer.start(reference, arguments);
        backend = started;
        assertThat(started.awaitLines(1)).containsExactly("listening");
        idle = started.openDescriptors();
        return started;
    }

    private ReferencePeer peer() {
        return Objects.requireNonNull(backend);
    }

    private Path socket() {
        return directory.resolve("handoff.sock");
    }

    private HandoffBroker broker() {
        return HandoffBroker.builder(socket()).timeout(Duration.ofSeconds(20)).build();
    }

    private void listen(boolean tcp) throws Exception {
        if (tcp) {
            program.listenOnTcp();
        } else {
            program.listenOnUnix(directory.resolve("clients.sock"));
        }
    }

    private Served serve(boolean tcp) throws Exception {
        listen(tcp);
        return connect();
    }

    /** One at a time: the program tells clients apart by the order in which they come. */
    private synchronized Served connect() throws Exception {
        return program.connect();
    }

    private static HandoffOutcome handOff(HandoffBroker broker, Served served, HandoffToken token, long id)
            throws Exception {
        return broker.handOff(served.channel(), "zccache", token, id).get(30, TimeUnit.SECONDS);
    }
}
