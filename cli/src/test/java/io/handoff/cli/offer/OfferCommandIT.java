package io.handoff.cli.offer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.handoff.cli.HandoffProcess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class OfferCommandIT {

    /** Of the protocol's test vectors: the ACK of "minimal offer". */
    private static final String ACCEPTING_ACK =
            "01280000000801100118ffa10322190a10000102030405060708090a0b0c0d0e0f100120eeff830628eeff8306";

    @TempDir
    Path directory;

    private Path socket;

    @BeforeEach
    void setUp() {
        socket = HandoffProcess.socketIn(directory);
    }

    @Test
    void shouldExitWithZeroWhenAcceptedAndOneWhenRejected() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startBackend(directory)) {
            assertOffer(0, "accepted");
            assertOffer(1, "rejected: handoff token is not pending");

            assertThat(backend.awaitLines(3)).hasSize(3);
        }
    }

    @Test
    void shouldCarryTheLargestCorrelationIdAndPrintItAsJson() throws Exception {
        String largest = Long.toUnsignedString(-1);
        try (HandoffProcess backend = HandoffProcess.startBackend(directory);
                HandoffProcess offer = startOffer("--correlation-id", largest, "--service", "zccache", "--json")) {
            assertThat(offer.awaitExit()).isZero();

            assertThat(offer.lines()).hasSize(1);
            assertThat(new JsonMapper().readTree(offer.lines().get(0)))
                    .isEqualTo(JsonNodeFactory.instance
                            .objectNode()
                            .put("event", "accepted")
                            .put("correlation_id", largest));
            assertThat(backend.awaitLines(2).get(1))
                    .startsWith("accepted service=zccache correlation_id=" + largest + " pid=");
        }
    }

    @Test
    void shouldExitWithThreeWhenNobodyListens() throws Exception {
        assertOffer(3, "no answer: no backend at " + socket + ": no such file");
    }

    @Test
    void shouldExitWithThreeWhenTheBackendClosesWithoutAnAnswer() throws Exception {
        try (ServerSocketChannel backend = listen();
                HandoffProcess offer = startOffer()) {
            SocketChannel connection = backend.accept();
            connection.read(ByteBuffer.allocate(1024));
            connection.close();

            assertAnswer(offer, 3, "no answer: the backend closed the connection without an ACK");
        }
    }

    @Test
    void shouldExitWithThreeWhenTheAnswerIsBroken() throws Exception {
        try (ServerSocketChannel backend = listen();
                HandoffProcess offer = startOffer();
                SocketChannel connection = backend.accept()) {
            connection.write(ByteBuffer.wrap(HexFormat.of().parseHex("0200000000")));

            assertAnswer(offer, 3, "no answer: unsupported framing version: got 2, expected 1");
        }
    }

    @Test
    void shouldExitWithThreeWhenTheAnswerTakesTooLong() throws Exception {
        try (ServerSocketChannel backend = listen();
                HandoffProcess offer = startOffer("--timeout", "200ms");
                SocketChannel connection = backend.accept()) {
            assertAnswer(offer, 3, "no answer: no ACK within 200 ms");
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void shouldExitWithTwoOnAWrongTokenWithoutRepeatingIt() throws Exception {
        try (HandoffProcess offer = HandoffProcess.start(
                directory, "offer", "--socket", socket.toString(), "--token", HandoffProcess.TOKEN + "00")) {
            assertThat(offer.awaitExit()).isEqualTo(2);
            assertThat(offer.errors()).contains("handoff token was 34 characters");
            assertThat(offer.lines()).isEmpty();
        }
    }

    @Test
    void shouldHandAConnectionOverAndCheckItsEcho() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory)) {
            assertDescriptorOffer(0, "accepted, echo ok");
            try (HandoffProcess offer = startOffer("--descriptor", "--json", "--correlation-id", "7")) {
                assertAnswer(offer, 0, "{\"event\":\"accepted\",\"correlation_id\":\"7\",\"echo\":\"ok\"}");
            }

            assertThat(backend.awaitLines(3)).last().asString().startsWith("accepted service=handoff correlation_id=7");
            assertThat(backend.errors()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"pending, handoff token is not pending", "expected, handoff token is not pending"})
    void shouldHandAConnectionOverWithAPendingTokenOnce(String policy, String secondTime) throws Exception {
        try (HandoffProcess backend =
                HandoffProcess.startAdoptingBackend(directory, "--policy", policy, "--token", HandoffProcess.TOKEN)) {
            assertDescriptorOffer(0, "accepted, echo ok");
            assertDescriptorOffer(1, "rejected: " + secondTime);

            assertThat(backend.awaitLines(3)).hasSize(3);
        }
    }

    @Test
    void shouldExitWithThreeWhenAConnectionCannotBeHandedOver() throws Exception {
        assertDescriptorOffer(3, "no answer: no backend at " + socket + ": no such file");
    }

    @Test
    void shouldSayThatABackendWantsADescriptor() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory)) {
            assertOffer(3, "no answer: " + OfferExchange.UNREAD);

            assertThat(backend.awaitLines(2).get(1)).startsWith("closed: no descriptor came with the first byte");
            assertThat(Files.readString(Path.of("../docs/troubleshooting.md")))
                    .contains("`" + OfferExchange.UNREAD + "`");
        }
    }

    @Test
    void shouldSayThatABackendWantsNoDescriptor() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startBackend(directory);
                HandoffProcess offer = startOffer("--descriptor")) {
            assertThat(offer.awaitExit()).isEqualTo(3);
            assertThat(offer.lines().get(0))
                    .startsWith("no answer: the backend closed the connection without a HandoffAck")
                    .endsWith("; if it has --no-descriptors, leave out --descriptor, else its log says why");
            assertThat(backend.awaitLines(2).get(1)).startsWith("closed: unsupported framing version");
        }
    }

    @Test
    void shouldSayThatAnAcceptedConnectionIsNotServed() throws Exception {
        try (ServerSocketChannel backend = listen();
                HandoffProcess offer = startOffer("--descriptor", "--correlation-id", "12648430");
                SocketChannel connection = backend.accept()) {
            // Plain reads drop the descriptor; the token is one read, the offer another.
            connection.read(ByteBuffer.allocate(1024));
            connection.read(ByteBuffer.allocate(1024));
            connection.write(ByteBuffer.wrap(HexFormat.of().parseHex(ACCEPTING_ACK)));

            assertAnswer(offer, 0, "accepted, but the connection was closed without an echo");
        }
    }

    private void assertDescriptorOffer(int exitStatus, String answer) throws Exception {
        try (HandoffProcess offer = startOffer("--descriptor")) {
            assertAnswer(offer, exitStatus, answer);
        }
    }

    private ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    private void assertOffer(int exitStatus, String answer) throws Exception {
        try (HandoffProcess offer = startOffer()) {
            assertAnswer(offer, exitStatus, answer);
        }
    }

    private static void assertAnswer(HandoffProcess offer, int exitStatus, String answer) throws Exception {
        assertThat(offer.awaitExit()).as(offer.errors()).isEqualTo(exitStatus);
        assertThat(offer.lines()).isEqualTo(List.of(answer));
        assertThat(offer.errors()).isEmpty();
    }

    private HandoffProcess startOffer(String... moreArguments) throws IOException {
        Stream<String> arguments = Stream.of("offer", "--socket", socket.toString(), "--token", HandoffProcess.TOKEN);
        return HandoffProcess.start(
                directory, Stream.concat(arguments, Stream.of(moreArguments)).toArray(String[]::new));
    }
}
