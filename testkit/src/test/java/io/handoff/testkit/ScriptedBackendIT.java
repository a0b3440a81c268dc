package io.handoff.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffAck;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Broker and backend of this package hand connections to each other. */
@ExtendWith(NoDescriptorsLeft.class)
class ScriptedBackendIT {

    @TempDir
    Path directory;

    private Path path = Path.of("");

    @BeforeEach
    void listenInTheDirectory() {
        path = directory.resolve("handoff.sock");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeTheConnectionThatItAccepts(boolean tcp) throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.start(path, BackendScript.echo());
                TestBroker broker = TestBroker.connect(backend.path());
                ClientConnection connection = tcp ? ClientConnection.tcp() : ClientConnection.unix()) {
            connection.client().send("before, ");

            HandoffAck ack = broker.handOff(connection);

            assertThat(ack.getAccepted()).isTrue();
            assertThatThrownBy(() -> connection.accepted().descriptor()).isInstanceOf(IllegalStateException.class);
            connection.client().send("after").shutdownOutput();
            assertThat(connection.client().receiveToEnd()).asString().isEqualTo("before, after");
            assertThat(broker.receiveToEnd()).isEmpty();
        }
    }

    @Test
    void shouldLeaveTheConnectionThatItAcceptsToTheTest() throws Exception {
        byte[] token = HandoffFrames.randomToken();
        Frame offer = HandoffFrames.offer(token, "chat", 42).toBuilder()
                .setTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .build();
        try (ScriptedBackend backend = ScriptedBackend.start(path, BackendScript.accept());
                TestBroker broker = TestBroker.connect(path);
                ClientConnection connection = ClientConnection.unix()) {
            assertThat(broker.handOff(offer, connection.accepted().descriptor()).getAccepted())
                    .isTrue();

            ReceivedHandoff handoff = backend.takeHandoff();
            assertThat(handoff.token()).isEqualTo(token);
            assertThat(handoff.offer().getServiceName()).isEqualTo("chat");
            assertThat(handoff.offer().getCorrelationId()).isEqualTo(42);
            assertThat(handoff.frame()).isEqualTo(offer);
            handoff.client().send("hello");
            assertThat(connection.client().receiveText(5)).isEqualTo("hello");
            assertThat(backend.handoffCount()).isEqualTo(1);
        }
    }

    @Test
    void shouldRejectAndLeaveTheConnectionToTheBroker() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.start(path, BackendScript.reject("not today"));
                TestBroker broker = TestBroker.connect(backend.path());
                ClientConnection connection = ClientConnection.tcp()) {
            connection.client().send("hello");

            HandoffAck ack = broker.handOff(connection);

            assertThat(ack.getAccepted()).isFalse();
            assertThat(ack.getErrorDetail()).isEqualTo("not today");
            assertThat(connection.accepted().receiveText(5)).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @EnumSource(AckFault.class)
    void shouldAnswerWrongInOneWay(AckFault fault) throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.start(path, BackendScript.wrong(fault));
                TestBroker broker = TestBroker.connect(backend.path());
                ClientConnection connection = ClientConnection.unix()) {
            assertThatThrownBy(() -> broker.handOff(connection))
                    .isInstanceOf(AssertionError.class)
                    .message()
                    .isIn(
                            "an ACK came with another token than the offer's",
                            "an ACK came with another correlation id than the offer's: 2 for 1",
                            "the envelope of a frame was\nenvelope_version: 1\nkind: FRAME_KIND_RESPONSE\n"
                                    + "payload_protocol: 53503\nrequest_id: 2\nexpected\n" + EXPECTED,
                            "the envelope of a frame was\nenvelope_version: 1\npayload_protocol: 53503\n"
                                    + "request_id: 1\nexpected\n" + EXPECTED,
                            "the envelope of a frame was\nenvelope_version: 1\nkind: FRAME_KIND_RESPONSE\n"
                                    + "request_id: 1\nexpected\n" + EXPECTED);
            connection.accepted().close();
            assertThat(connection.client().receiveToEnd()).as("no copy is left").isEmpty();
        }
    }

    private static final String EXPECTED =
            "envelope_version: 1\nkind: FRAME_KIND_RESPONSE\npayload_protocol: 53503\nrequest_id: 1\n";

    @Test
    void shouldAnswerWithGarbage() throws Exception {
        byte[] garbage = {42, 43};
        try (ScriptedBackend backend = ScriptedBackend.start(path, BackendScript.garbage(garbage));
                TestBroker broker = TestBroker.connect(backend.path());
                ClientConnection connection = ClientConnection.unix()) {
            broker.send(HandoffFrames.randomToken(), connection.accepted().descriptor())
                    .send(HandoffFrames.offer(HandoffFrames.randomToken(), "chat", 1));

            assertThat(broker.receiveToEnd()).isEqualTo(garbage);
        }
    }

    @Test
    void shouldVanish() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.start(path, BackendScript.vanish());
                TestBroker broker = TestBroker.connect(backend.path());
                ClientConnection connection = ClientConnection.unix()) {
            assertThatThrownBy(() -> broker.handOff(connection)).isInstanceOf(EOFException.class);
            connection.accepted().close();
            assertThat(connection.client().receiveToEnd()).isEmpty();
        }
    }

    @Test
    void shouldVanishOnceItHasAccepted() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.start(path, BackendScript.acceptAndVanish());
                TestBroker broker = TestBroker.connect(backend.path());
                ClientConnection connection = ClientConnection.unix()) {
            assertThat(broker.handOff(connection).getAccepted()).isTrue();
            assertThat(connection.client().receiveToEnd()).isEmpty();
        }
    }

    @Test
    void shouldAnswerWhenTheTestSaysSo() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        BackendScript script = BackendScript.late(goOn, BackendScript.accept());
        byte[] token = HandoffFrames.randomToken();
        try (ScriptedBackend backend = ScriptedBackend.start(path, script);
                TestBroker broker = TestBroker.connect(backend.path());
                ClientConnection connection = ClientConnection.unix()) {
            broker.offer(
                    HandoffFrames.offer(token, "chat", 1), connection.accepted().descriptor());
            backend.takeHandoff();
            goOn.countDown();

            assertThat(broker.receiveAck().getAccepted()).isTrue();
        }
    }

    @Test
    void shouldDoSomethingElseWithEachConnection() throws Exception {
        BackendScript script = BackendScript.inTurn(BackendScript.reject("busy"), BackendScript.accept());
        try (ScriptedBackend backend = ScriptedBackend.start(path, script);
                ClientConnection connection = ClientConnection.unix()) {
            for (String detail : new String[] {"busy", "", ""}) {
                try (TestBroker broker = TestBroker.connect(backend.path())) {
                    Frame offer = HandoffFrames.offer(HandoffFrames.randomToken(), "chat", 1);
                    assertThat(broker.handOff(offer, connection.accepted().descriptor())
                                    .getErrorDetail())
                            .isEqualTo(detail);
                }
            }
        }
    }

    @Test
    void shouldReceiveATokenInPiecesAndFurtherOffers() throws Exception {
        byte[] token = HandoffFrames.randomToken();
        BackendScript script = broker -> {
            BackendScript.accept().serve(broker);
            broker.send(HandoffFrames.rejecting(broker.receiveOffer(), "one is enough"));
        };
        try (ScriptedBackend backend = ScriptedBackend.start(path, script);
                TestBroker broker = TestBroker.connect(backend.path());
                ClientConnection connection = ClientConnection.unix()) {
            broker.send(Arrays.copyOf(token, 1), connection.accepted().descriptor());
            for (int i = 1; i < token.length; i++) {
                broker.send(new byte[] {token[i]});
            }
            broker.send(HandoffFrames.offer(token, "chat", 1)).send(HandoffFrames.offer(token, "chat", 2));

            assertThat(broker.receiveAck().getAccepted()).isTrue();
            assertThat(broker.receiveAck().getErrorDetail()).isEqualTo("one is enough");
            assertThat(backend.takeHandoff().token()).isEqualTo(token);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 253})
    void shouldCloseEveryDescriptorAndFailWhenNotExactlyOneComes(int count) throws Exception {
        ScriptedBackend backend = ScriptedBackend.start(path, BackendScript.accept());
        try (TestBroker broker = TestBroker.connect(backend.path());
                ClientConnection connection = ClientConnection.unix()) {
            int[] descriptors = new int[count];
            Arrays.fill(descriptors, connection.accepted().descriptor());
            broker.send(HandoffFrames.randomToken(), descriptors);
            assertThat(broker.receiveToEnd()).isEmpty();
            connection.accepted().close();
            assertThat(connection.client().receiveToEnd()).as("no copy is left").isEmpty();
        }

        assertThatThrownBy(backend::close)
                .isInstanceOf(AssertionError.class)
                .hasMessage("a script failed")
                .satisfies(failed -> assertThat(failed.getSuppressed())
                        .singleElement()
                        .extracting(Throwable::getMessage)
                        .isEqualTo(count + " descriptors came with the first byte; expected 1"));
    }

    @Test
    void shouldEndTheScriptsThatWait() throws Exception {
        ScriptedBackend backend =
                ScriptedBackend.start(path, BackendScript.late(new CountDownLatch(1), BackendScript.accept()));
        byte[] token = HandoffFrames.randomToken();
        try (TestBroker silent = TestBroker.connect(backend.path());
                TestBroker waiting = TestBroker.connect(backend.path());
                ClientConnection connection = ClientConnection.unix()) {
            waiting.send(token, connection.accepted().descriptor()).send(HandoffFrames.offer(token, "chat", 1));
            backend.takeHandoff();

            backend.close();
            backend.close();

            assertThat(silent.receiveToEnd()).isEmpty();
            assertThat(waiting.receiveToEnd()).isEmpty();
            connection.accepted().send("goes on");
            assertThat(connection.client().receiveText(7)).isEqualTo("goes on");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void shouldNotListenWhereThereIsAFile() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.start(path, BackendScript.accept())) {
            assertThatThrownBy(() -> ScriptedBackend.start(backend.path(), BackendScript.accept()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("bind failed: Address already in use");
        }
    }
}
