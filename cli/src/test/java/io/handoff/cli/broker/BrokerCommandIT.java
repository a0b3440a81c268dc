package io.handoff.cli.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handoff.cli.EchoClient;
import io.handoff.cli.HandoffProcess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BrokerCommandIT {

    private static final String TCP = "127.0.0.1:0";

    @TempDir
    Path directory;

    private Path backendSocket;
    private Path clientSocket;

    @BeforeEach
    void setUp() {
        backendSocket = HandoffProcess.socketIn(directory);
        clientSocket = directory.resolve("clients.sock");
    }

    @Test
    void shouldLetTheBackendServeATcpClientEvenWhenTheBrokerIsGone() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory);
                HandoffProcess broker = HandoffProcess.startBroker(directory, TCP);
                EchoClient client = EchoClient.connect(broker.address())) {
            assertThat(broker.lines().get(0)).matches("listening on 127\\.0\\.0\\.1:[1-9][0-9]* \\(TCP\\)");
            assertThat(client.talk("sent right after connecting")).isEqualTo("sent right after connecting");
            assertThat(broker.awaitLines(2).get(1)).isEqualTo("accepted correlation_id=1");
            assertThat(backend.awaitLines(2).get(1))
                    .isEqualTo("accepted service=demo correlation_id=1 pid=" + broker.pid());
            broker.sendSigterm();
            assertThat(broker.awaitExit()).isZero();

            assertThat(client.talk("and after the broker")).isEqualTo("and after the broker");
            assertThat(client.shutdownOutput().readToEnd()).isEmpty();
            assertThat(broker.errors()).isEmpty();
            assertThat(backend.errors()).isEmpty();
        }
    }

    @Test
    void shouldNumberItsClients() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory);
                HandoffProcess broker = HandoffProcess.startBroker(directory, TCP)) {
            for (int i = 1; i <= 5; i++) {
                try (EchoClient client = EchoClient.connect(broker.address())) {
                    assertThat(client.talk("client " + i)).isEqualTo("client " + i);
                }
                assertThat(broker.awaitLines(i + 1).get(i)).isEqualTo("accepted correlation_id=" + i);
            }
            assertThat(backend.awaitLines(6)).hasSize(6);
        }
    }

    @Test
    void shouldHandOverAUnixClientAndRemoveItsSocketFileOnSigterm() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory);
                HandoffProcess broker = HandoffProcess.startBroker(directory, clientSocket.toString());
                EchoClient client = EchoClient.connect(broker.address())) {
            assertThat(broker.lines()).containsExactly("listening on " + clientSocket + " (Unix socket)");
            assertThat(client.talk("over a Unix-domain socket")).isEqualTo("over a Unix-domain socket");
            assertThat(backend.awaitLines(2).get(1)).startsWith("accepted service=demo correlation_id=1");

            broker.sendSigterm();

            assertThat(broker.awaitExit()).isZero();
            assertThat(clientSocket).doesNotExist();
            assertThat(client.talk("still there")).isEqualTo("still there");
        }
    }

    @Test
    void shouldEchoAllToAClientThatEndsItsInputAtOnce() throws Exception {
        String text = "to the end ".repeat(5000);
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory);
                HandoffProcess broker = HandoffProcess.startBroker(directory, TCP)) {
            for (int i = 1; i <= 10; i++) {
                try (EchoClient client = EchoClient.connect(broker.address())) {
                    assertThat(client.send(text).shutdownOutput().readToEnd()).isEqualTo(text);
                }
            }
            assertThat(broker.awaitLines(11)).hasSize(11);
            assertThat(backend.errors()).isEmpty();
        }
    }

    @Test
    void shouldServeAClientItselfThatTheBackendRejects() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(
                        directory, "--policy", "expected", "--token", HandoffProcess.TOKEN);
                HandoffProcess broker = HandoffProcess.startBroker(directory, TCP);
                EchoClient client = EchoClient.connect(broker.address())) {
            assertThat(client.talk("sent at once")).isEqualTo("sent at once");
            assertThat(broker.awaitLines(2).get(1)).isEqualTo("rejected correlation_id=1: handoff token mismatch");
            assertThat(backend.awaitLines(2).get(1)).isEqualTo("rejected correlation_id=1: handoff token mismatch");
            backend.sendSigterm();
            assertThat(backend.awaitExit()).isZero();

            assertThat(client.talk("the backend is gone")).isEqualTo("the backend is gone");
            assertThat(client.shutdownOutput().readToEnd()).isEmpty();
        }
    }

    @Test
    void shouldServeAClientItselfWhenThereIsNoBackend() throws Exception {
        try (HandoffProcess broker = HandoffProcess.startBroker(directory, TCP);
                EchoClient client = EchoClient.connect(broker.address())) {
            assertThat(client.talk("nobody there")).isEqualTo("nobody there");
            assertThat(broker.awaitLines(2).get(1))
                    .isEqualTo(
                            "failed correlation_id=1 stage=CONNECT: no backend at " + backendSocket + ": no such file");
            assertThat(broker.errors()).isEmpty();
        }
    }

    @Test
    void shouldLetGoOfAClientThatTheBackendMayHave() throws Exception {
        try (ServerSocketChannel backend = listen(backendSocket);
                HandoffProcess broker = HandoffProcess.startBroker(directory, TCP);
                EchoClient client = EchoClient.connect(broker.address())) {
            try (SocketChannel connection = backend.accept()) {
                readOffer(connection);
            }

            assertThat(client.readToEnd()).isEmpty();
            assertThat(broker.awaitLines(2).get(1))
                    .isEqualTo("failed correlation_id=1 stage=ACK: "
                            + "the backend closed the connection without a HandoffAck");
        }
    }

    @Test
    void shouldWaitOnSigtermForTheHandoffThatIsUnderWay() throws Exception {
        try (ServerSocketChannel backend = listen(backendSocket);
                HandoffProcess broker = HandoffProcess.startBroker(directory, clientSocket.toString());
                EchoClient client = EchoClient.connect(broker.address())) {
            try (SocketChannel connection = backend.accept()) {
                readOffer(connection);
                broker.sendSigterm();
                HandoffProcess.awaitRemoval(clientSocket);
            }

            assertThat(broker.awaitExit()).isZero();
            assertThat(client.readToEnd()).isEmpty();
            assertThat(broker.lines().get(1)).startsWith("failed correlation_id=1 stage=ACK: ");
        }
    }

    @Test
    void shouldPrintOneJsonObjectForEachClient() throws Exception {
        try (HandoffProcess broker = HandoffProcess.startBroker(directory, clientSocket.toString(), "--json")) {
            try (EchoClient client = EchoClient.connect(clientSocket.toString())) {
                client.talk("1");
            }
            try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory);
                    EchoClient client = EchoClient.connect(clientSocket.toString())) {
                client.talk("2");
                assertThat(backend.awaitLines(2)).hasSize(2);
            }
            try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory, "--policy", "pending");
                    EchoClient client = EchoClient.connect(clientSocket.toString())) {
                client.talk("3");
                assertThat(backend.awaitLines(2)).hasSize(2);
            }

            List<JsonNode> reports = new ArrayList<>();
            for (String line : broker.awaitLines(4)) {
                reports.add(new JsonMapper().readTree(line));
            }
            assertThat(reports)
                    .containsExactly(
                            report("listening")
                                    .put("address", clientSocket.toString())
                                    .put("transport", "UNIX"),
                            report("failed")
                                    .put("correlation_id", "1")
                                    .put("stage", "CONNECT")
                                    .put("detail", "no backend at " + backendSocket + ": no such file")
                                    .put("connection_usable", true),
                            report("accepted").put("correlation_id", "2"),
                            report("rejected")
                                    .put("correlation_id", "3")
                                    .put("detail", "handoff token is not pending"));
        }
    }

    @Test
    void shouldTellTheClientOnItsOwnConnectionWhenAsked() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory);
                HandoffProcess broker = HandoffProcess.startBroker(directory, TCP, "--ready-event");
                EchoClient client = EchoClient.connect(broker.address())) {
            String header = client.read(5);
            assertThat(header.charAt(0)).as("framing version").isEqualTo('\1');
            // envelope_version 1, kind EVENT (WIRE §9)
            assertThat(client.read(header.charAt(1))).startsWith("\u0008\u0001\u0010\u0002");

            assertThat(client.talk("behind the ready event")).isEqualTo("behind the ready event");
            assertThat(backend.awaitLines(2)).hasSize(2);
        }
    }

    @Test
    void shouldReplaceAStaleSocketFileAndLeaveALiveOneAlone() throws Exception {
        listen(clientSocket).close();
        assertThat(clientSocket).exists();
        try (HandoffProcess first = HandoffProcess.startBroker(directory, clientSocket.toString());
                HandoffProcess second = HandoffProcess.startBroker(directory, clientSocket.toString())) {
            assertThat(first.address()).isEqualTo(clientSocket.toString());
            assertThat(second.awaitExit()).isEqualTo(1);
            assertThat(second.errors())
                    .isEqualToIgnoringNewLines(
                            "handoff broker: cannot listen on " + clientSocket + ": another process listens there");
            assertThat(clientSocket).exists();
        }
    }

    @Test
    void shouldLeaveAFileAloneThatIsNoSocket() throws Exception {
        Files.writeString(clientSocket, "precious");
        try (HandoffProcess broker = HandoffProcess.startBroker(directory, clientSocket.toString())) {
            assertThat(broker.awaitExit()).isEqualTo(1);
            assertThat(broker.errors())
                    .isEqualToIgnoringNewLines(
                            "handoff broker: cannot listen on " + clientSocket + ": it exists and is no socket");
            assertThat(clientSocket).hasContent("precious");
        }
    }

    @Test
    void shouldEndTheBackendWithZeroOnSigtermWhileItServesAClient() throws Exception {
        try (HandoffProcess backend = HandoffProcess.startAdoptingBackend(directory);
                HandoffProcess broker = HandoffProcess.startBroker(directory, TCP);
                EchoClient client = EchoClient.connect(broker.address())) {
            client.talk("being served");

            backend.sendSigterm();

            assertThat(backend.awaitExit()).isZero();
            assertThat(backendSocket).doesNotExist();
            assertThat(backend.errors()).isEmpty();
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    /** The descriptor, which a plain read drops, comes with the 16 bytes of the token, and those in one read. */
    private static void readOffer(SocketChannel connection) throws IOException {
        assertThat(connection.read(ByteBuffer.allocate(1024))).isEqualTo(16);
        assertThat(connection.read(ByteBuffer.allocate(1024))).isPositive();
    }

    private static ObjectNode report(String event) {
        return JsonNodeFactory.instance.objectNode().put("event", event);
    }

    private static ServerSocketChannel listen(Path socket) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }
}
