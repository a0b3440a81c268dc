package io.handoff.cli.backend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.cli.HandoffProcess;
import io.handoff.cli.RawPeer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BackendCommandIT {

    /** Of the protocol's test vectors: "minimal offer", its ACK, "token never registered", its ACK. */
    private static final String OFFER =
            "012d000000080118ffa10322201210000102030405060708090a0b0c0d0e0f1a077a63636163686520eeff830628eeff8306";

    private static final String ACCEPTING_ACK =
            "01280000000801100118ffa10322190a10000102030405060708090a0b0c0d0e0f100120eeff830628eeff8306";
    private static final String OFFER_OF_UNKNOWN_TOKEN =
            "0127000000080118ffa103221d1210424242424242424242424242424242421a077a63636163686520032803";
    private static final String REJECTING_ACK =
            "013e0000000801100118ffa10322320a10424242424242424242424242424242421a1c68616e646f666620746f6b656e206973206e"
                    + "6f742070656e64696e6720032803";
    private static final String FRAMING_VERSION_2 = "0200000000";

    @TempDir
    Path directory;

    private Path socket;

    @BeforeEach
    void setUp() {
        socket = HandoffProcess.socketIn(directory);
    }

    @Test
    void shouldAnswerByteForByteAndPrintEachDecision() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startBackend(directory)) {
            assertThat(RawPeer.exchange(socket, OFFER_OF_UNKNOWN_TOKEN)).isEqualTo(REJECTING_ACK);
            assertThat(RawPeer.exchange(socket, OFFER)).isEqualTo(ACCEPTING_ACK);
            assertThat(RawPeer.exchange(socket, FRAMING_VERSION_2)).isEmpty();

            assertThat(backend.awaitLines(4))
                    .containsExactly(
                            "listening on " + socket,
                            "rejected correlation_id=3: handoff token is not pending",
                            "accepted service=zccache correlation_id=12648430 pid="
                                    + ProcessHandle.current().pid(),
                            "closed: unsupported framing version: got 2, expected 1");
            assertThat(backend.errors()).isEmpty();
        }
    }

    @Test
    void shouldPrintOneJsonObjectForEachDecision() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startBackend(directory, "--json")) {
            RawPeer.exchange(socket, OFFER_OF_UNKNOWN_TOKEN);
            RawPeer.exchange(socket, OFFER);
            RawPeer.exchange(socket, FRAMING_VERSION_2);

            List<JsonNode> reports = new ArrayList<>();
            for (String line : backend.awaitLines(4)) {
                reports.add(new JsonMapper().readTree(line));
            }
            assertThat(reports)
                    .extracting(report -> report.path("event").asText())
                    .containsExactly("listening", "rejected", "accepted", "closed");
            assertThat(reports.get(0).path("path").asText()).isEqualTo(socket.toString());
            JsonNode rejected = reports.get(1);
            assertThat(rejected.path("correlation_id").textValue()).isEqualTo("3");
            assertThat(rejected.path("service_name").asText()).isEqualTo("zccache");
            assertThat(rejected.path("reason").asText()).isEqualTo("TOKEN_NOT_PENDING");
            assertThat(rejected.path("detail").asText()).isEqualTo("handoff token is not pending");
            assertThat(rejected.path("pid").asLong())
                    .isEqualTo(ProcessHandle.current().pid());
            assertThat(rejected.path("uid").numberValue()).isEqualTo(Files.getAttribute(directory, "unix:uid"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pending", "expected"})
    void shouldConsumeTheTokenOnceUnderEachPolicy(String policy) throws Exception {
        try (HandoffProcess backend = HandoffProcess.startBackend(directory, "--policy", policy, "--threads", "2")) {
            assertThat(RawPeer.exchange(socket, OFFER)).isEqualTo(ACCEPTING_ACK);
            RawPeer.exchange(socket, OFFER);

            assertThat(backend.awaitLines(3).get(2))
                    .isEqualTo("rejected correlation_id=12648430: handoff token is not pending");
        }
    }

    @Test
    void shouldKeepAServiceNameFromForgingALineOrAField() throws Exception {
        String forging = "a correlation_id=9\naccepted service=b\u001b[2J";
        try (HandoffProcess backend = HandoffProcess.startBackend(directory);
                HandoffProcess offer = HandoffProcess.start(
                        directory,
                        "offer",
                        "--socket",
                        socket.toString(),
                        "--token",
                        HandoffProcess.TOKEN,
                        "--service",
                        forging)) {
            assertThat(offer.awaitExit()).isZero();

            assertThat(backend.awaitLines(2))
                    .hasSize(2)
                    .last()
                    .asString()
                    .startsWith("accepted service=a\\u{20}correlation_id=9\\u{a}accepted\\u{20}service=b\\u{1b}[2J"
                            + " correlation_id=1 pid=");
        }
    }

    @Test
    void shouldRemoveTheSocketFileAndExitWithZeroOnSigterm() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startBackend(directory)) {
            assertThat(socket).exists();

            backend.sendSigterm();

            assertThat(backend.awaitExit()).isZero();
            assertThat(socket).doesNotExist();
            assertThat(backend.errors()).isEmpty();
        }
    }

    @Test
    void shouldExplainWithoutAStackTraceThatTheSocketIsInUse() throws Exception {
        try (HandoffProcess first = HandoffProcess.startBackend(directory);
                HandoffProcess second = HandoffProcess.startBackend(directory)) {
            assertThat(second.awaitExit()).isEqualTo(1);
            assertThat(second.errors())
                    .isEqualToIgnoringNewLines(
                            "handoff backend: cannot listen on " + socket + ": another process listens there");
            assertThat(second.lines()).isEmpty();
            assertThat(RawPeer.exchange(socket, OFFER)).isEqualTo(ACCEPTING_ACK);
            assertThat(first.awaitLines(2)).hasSize(2);
        }
    }
}
