package io.handoff.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.examples.harness.Clients;
import io.handoff.examples.harness.Shutdown;
import io.handoff.testkit.NoDescriptorsLeft;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.health.contributor.Status;

/** An application and its HTTP clients; a broker in a process of its own hands the connections over. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
class HandedOffRequestsIT {

    private static final String BESIDE = "handoff.backend.only=false";
    private static final String INSTEAD = "handoff.backend.only=true";

    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n";
    private static final String ANSWER = "handed off for example";

    /** Has descriptors of its own, for as long as the JVM lives. */
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    private Running start(String... properties) throws Exception {
        return Running.at(socket(), properties);
    }

    private Path socket() {
        return directory.resolve("s");
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldServeHandedOffConnections(String mode) throws Exception {
        try (Running running = start(mode)) {

            assertThat(running.get(CLIENT, "/").body()).isEqualTo(ANSWER);
            assertThat(running.get(CLIENT, "/").body())
                    .as("on the same connection")
                    .isEqualTo(ANSWER);
            running.broker().stop();
            assertThat(running.broker().accepted()).isEqualTo(1);
        }
    }

    @Test
    void shouldServeConnectionsOfItsOwnBesideThem() throws Exception {
        try (Running running = start(BESIDE)) {

            assertThat(running.get(CLIENT, running.ownAddress(), "/").body()).isEqualTo("accepted here");
            assertThat(running.get(CLIENT, "/").body()).isEqualTo(ANSWER);
        }
    }

    @Test
    void shouldNotListenAtThePortWhenItServesHandedOffConnectionsOnly() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        try (Running running = start(INSTEAD, "server.port=" + free)) {

            assertThat(running.ownAddress().getPort()).as("nominal").isEqualTo(free);
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), free).close())
                    .isInstanceOf(ConnectException.class);
            assertThat(running.get(CLIENT, "/").body()).isEqualTo(ANSWER);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldTellTheAddressOfTheClient(String mode) throws Exception {
        try (Running running = start(mode)) {
            try (Socket socket = connect(running)) {
                String answer = ask(socket, REQUEST.replace("GET /", "GET /client"));

                assertThat(answer).endsWith("\r\n\r\n" + socket.getLocalPort());
            }
        }
    }

    private static Socket connect(Running running) throws IOException {
        InetSocketAddress address = running.broker().address();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static String ask(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldAnswer64ClientsAtOnce(String mode) throws Exception {
        // On a busy machine the first requests of an application take longer than a broker would wait as a rule.
        try (Running running = start(mode, "handoff.backend.offer-timeout=30s")) {

            List<String> answers = Clients.together(64, () -> {
                try (Socket socket = connect(running)) {
                    return ask(socket, REQUEST);
                }
            });

            assertThat(answers).hasSize(64).allMatch(HandedOffRequestsIT::isWhole);
            running.broker().stop();
            assertThat(running.broker().accepted()).isEqualTo(64);
        }
    }

    private static boolean isWhole(String text) {
        return text.startsWith("HTTP/1.1 200 OK\r\n") && text.endsWith("\r\n\r\n" + ANSWER);
    }

    @Test
    void shouldEcho10MiB() throws Exception {
        try (Running running = start(INSTEAD, "spring.http.codecs.max-in-memory-size=16MB")) {
            byte[] much = new byte[10 << 20];
            much[much.length - 1] = 1;

            HttpResponse<byte[]> answer = CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                    + running.broker().address().getPort() + "/echo"))
                            .POST(BodyPublishers.ofByteArray(much))
                            .build(),
                    BodyHandlers.ofByteArray());

            assertThat(answer.body()).isEqualTo(much);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldTellItsHealthAndItsCounts(String mode) throws Exception {
        try (Running running = start(mode)) {
            running.get(CLIENT, "/");

            assertThat(running.get(CLIENT, "/actuator/health/handoff").body())
                    .isEqualTo("{\"details\":{\"socket\":\"" + socket() + "\"},\"status\":\"UP\"}");
            assertThat(running.get(CLIENT, "/actuator/metrics/handoff.offers?tag=outcome:accepted")
                            .body())
                    .contains("{\"statistic\":\"COUNT\",\"value\":1.0}");
        }
    }

    /** Nor are its connections handed off, nor does it listen at the socket. */
    @Test
    void shouldLeaveTheManagementServerAtItsPort() throws Exception {
        try (Running running = start(INSTEAD, "management.server.port=0")) {
            int port = Integer.parseInt(
                    running.application().getEnvironment().getRequiredProperty("local.management.port"));

            assertThat(running.get(
                                    CLIENT,
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                                    "/actuator/health/handoff")
                            .body())
                    .contains("\"status\":\"UP\"");
            assertThat(running.get(CLIENT, "/").body()).isEqualTo(ANSWER);
            assertThat(running.get(CLIENT, "/actuator/health").statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldServeAgainAfterItWasStoppedAndStarted(String mode) throws Exception {
        try (Running running = start(mode)) {
            assertThat(running.get(CLIENT, "/").body()).isEqualTo(ANSWER);

            running.application().stop();
            assertThat(socket()).doesNotExist();
            assertThat(running.application()
                            .getBean(HandoffHealthIndicator.class)
                            .health()
                            .getStatus())
                    .isEqualTo(Status.DOWN);
            running.application().start();

            assertThat(running.get(CLIENT, "/").body()).isEqualTo(ANSWER);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                BESIDE, INSTEAD,
            })
    void shouldAnswerEachClientWhileItShutsDown(String mode) throws Exception {
        try (Running running = start(mode)) {

            Shutdown.underLoad(socket(), REQUEST, HandedOffRequestsIT::isWhole, () -> {
                running.application().close();
                return null;
            });
            assertThat(socket()).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldAnswerEachClientWhileItShutsDownAtOnce(String mode) throws Exception {
        try (Running running = start(mode, "server.shutdown=immediate")) {

            Shutdown.underLoad(socket(), REQUEST, HandedOffRequestsIT::isWhole, () -> {
                running.application().close();
                return null;
            });
        }
    }
}
