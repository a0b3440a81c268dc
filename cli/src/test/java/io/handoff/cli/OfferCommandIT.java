package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OfferCommandIT {

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
        assertOffer(3, "no answer: connect(..) failed: no such file: " + socket);
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
