package io.handoff.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.cli.HandoffProcess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DoctorCommandIT {

    @TempDir
    Path directory;

    private Path socket;

    @BeforeEach
    void setUp() {
        socket = HandoffProcess.socketIn(directory);
    }

    @Test
    void shouldFindABackendThatAdoptsWell() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory)) {
            List<String> found = examine(0);

            assertThat(found).hasSize(5);
            assertThat(found.get(0)).isEqualTo("ok: " + socket + " is a socket");
            assertThat(found.get(1)).endsWith("mode rw-------");
            assertThat(found.get(2)).isEqualTo("ok: a process listens");
            assertThat(found.get(3))
                    .isEqualTo("ok: it speaks v1, and has accepted a connection with the token that came along");
            assertThat(found.get(4))
                    .matches("ok: an answer took [0-9.]+ ms; the first one, which warms this command up, [0-9.]+ ms");
            assertThat(backend.awaitLines(3))
                    .hasSize(3)
                    .filteredOn(line -> line.startsWith("accepted service=handoff-doctor "))
                    .hasSize(2);
            assertThat(backend.errors()).isEmpty();
        }
    }

    @Test
    void shouldFindABackendWellThatRejectsWhatItDoesNotKnow() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(
                directory, "--policy", "pending", "--token", HandoffProcess.TOKEN)) {
            assertThat(examine(0))
                    .contains("ok: it speaks v1, and has rejected an unknown token: handoff token is not pending");
            assertThat(backend.awaitLines(3)).hasSize(3);
            assertThat(backend.errors()).isEmpty();
        }
    }

    @Test
    void shouldNoteThatABackendTakesNoDescriptors() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startBackend(directory)) {
            assertThat(examine(0))
                    .last()
                    .isEqualTo(
                            "note: it speaks v1, but takes no descriptors, only framed offers; it has rejected an unknown"
                                    + " token: handoff token is not pending");
            assertThat(backend.awaitLines(3)).hasSize(3);
            assertThat(backend.errors()).isEmpty();
        }
    }

    @Test
    void shouldNoteThatOthersMayConnect() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory)) {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));

            assertThat(examine(0).get(1))
                    .startsWith("note: owner ")
                    .endsWith("mode rw-rw-rw-: others than the owner may connect; the backend's peer policy alone keeps"
                            + " them out");
            assertThat(backend.errors()).isEmpty();
        }
    }

    @Test
    void shouldSayThatThereIsNothing() throws Exception {
        assertThat(examine(1))
                .containsExactly(
                        "failed: there is nothing at " + socket + ": the backend does not run, or listens elsewhere");
    }

    @Test
    void shouldSayThatAFileIsNoSocket() throws Exception {
        Files.createFile(socket);

        assertThat(examine(1)).containsExactly("failed: " + socket + " is no socket: the backend listens elsewhere");
    }

    @Test
    void shouldSayThatTheBackendHasDied() throws Exception {
        listen().close();

        assertThat(examine(1))
                .last()
                .isEqualTo("failed: nobody listens: the backend has died and left its file behind; its next start"
                        + " replaces it");
    }

    @Test
    void shouldSayThatTheProcessIsNoBackend() throws Exception {
        try (ServerSocketChannel stranger = listen();
                HandoffProcess doctor = start("--json")) {
            for (int connection = 0; connection < 3; connection++) {
                SocketChannel accepted = stranger.accept();
                accepted.close();
            }

            assertThat(doctor.awaitExit()).isEqualTo(1);
            var last = new JsonMapper().readTree(doctor.lines().get(3));
            assertThat(last.get("event").asText()).isEqualTo("check");
            assertThat(last.get("check").asText()).isEqualTo("PROTOCOL");
            assertThat(last.get("verdict").asText()).isEqualTo("FAILED");
            assertThat(last.get("detail").asText()).startsWith("no answer to an offer: ");
        }
    }

    private ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    private List<String> examine(int exitStatus) throws Exception {
        try (HandoffProcess doctor = start()) {
            assertThat(doctor.awaitExit()).as(doctor.output()).isEqualTo(exitStatus);
            assertThat(doctor.errors()).isEmpty();
            return doctor.lines();
        }
    }

    private HandoffProcess start(String... more) throws IOException {
        return HandoffProcess.start(
                directory,
                Stream.concat(Stream.of("doctor", "--socket", socket.toString()), Stream.of(more))
                        .toArray(String[]::new));
    }
}
