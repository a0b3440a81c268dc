package io.handoff.cli.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.cli.EchoClient;
import io.handoff.cli.HandoffProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code handoff broker --config}: where clients go, and what is told of them. */
@Timeout(120)
class ConfiguredBrokerIT {

    private static final String REQUEST = "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n";
    private static final String TIMES = " look_ms=[0-9]+ handoff_ms=[0-9]+ total_ms=[0-9]+ ";

    @TempDir
    Path directory;

    @AutoClose
    private final NamedBackends backends = new NamedBackends();

    @Test
    void shouldRouteByHostAndPathAndDefault() throws Exception {
        Path config = config("""
                listeners: [{address: 127.0.0.1:0}]
                routes:
                  - {host: www.example.org, pathPrefix: /api, service: api}
                  - {host: "*.example.org", service: www}
                  - {alpn: h2c, service: grpc}
                default: other
                services:
                  api: {backends: [DIR/api.sock]}
                  www: {backends: [DIR/www.sock]}
                  grpc: {backends: [DIR/grpc.sock]}
                  other: {directory: DIR/other}
                """);
        Files.createDirectory(directory.resolve("other"));
        backends.add(NamedBackend.start(directory.resolve("api.sock"), "api"));
        backends.add(NamedBackend.start(directory.resolve("www.sock"), "www"));
        backends.add(NamedBackend.start(directory.resolve("grpc.sock"), "grpc"));
        backends.add(NamedBackend.start(directory.resolve("other/1.sock"), "other"));
        try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 1)) {
            String address = broker.address();

            assertThat(ask(address, REQUEST.formatted("/api/users?x=1", "WWW.Example.org:8080")))
                    .endsWith("api got GET /api/users?x=1 HTTP/1.1");
            assertThat(ask(address, REQUEST.formatted("/apiary", "www.example.org")))
                    .endsWith("www got GET /apiary HTTP/1.1");
            assertThat(ask(address, REQUEST.formatted("/", "example.org"))).endsWith("other got GET / HTTP/1.1");
            assertThat(ask(address, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).endsWith("grpc got PRI * HTTP/2.0");
            assertThat(ask(address, "SSH-2.0-client\r\n")).endsWith("other got SSH-2.0-client");

            assertThat(broker.awaitLines(6).subList(1, 6))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .matches("client id=1 listener=127\\.0\\.0\\.1:0 from=127\\.0\\.0\\.1:[0-9]+"
                                            + " protocol=http1 name=www\\.example\\.org"
                                            + " route=host=www\\.example\\.org,pathPrefix=/api service=api"
                                            + " outcome=accepted ended_by=nobody state=handoff backend=" + directory
                                            + "/api\\.sock attempts=" + directory
                                            + "/api\\.sock:accepted:[0-9]+ms" + TIMES
                                            + "bytes_to_server=0 bytes_to_client=0 detail=-"),
                            line -> assertThat(line).contains(" route=host=*.example.org service=www "),
                            line -> assertThat(line).contains(" name=example.org route=default service=other "),
                            line -> assertThat(line).contains(" protocol=http2 name=- route=alpn=h2c service=grpc "),
                            line -> assertThat(line).contains(" protocol=other name=- route=default service=other "));
            assertThat(broker.errors()).isEmpty();
        }
    }

    @Test
    void shouldNotWaitForClientsOfAListenerThatHasItsService() throws Exception {
        Path config = config("""
                listeners:
                  - {address: 127.0.0.1:0, service: mail}
                  - {address: DIR/clients.sock}
                routes: [{sni: mail.example.org, service: mail}]
                default: mail
                peek: {timeout: 100ms}
                services: {mail: {backends: [DIR/mail.sock]}}
                """);
        backends.add(NamedBackend.startGreeter(directory.resolve("mail.sock"), "220 mail"));
        try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 2)) {
            try (EchoClient client = EchoClient.connect(broker.address())) {
                assertThat(client.read(8)).isEqualTo("220 mail");
            }
            // The other one looks, until the client counts as silent.
            try (EchoClient client = EchoClient.connect(directory + "/clients.sock")) {
                assertThat(client.read(8)).isEqualTo("220 mail");
            }
            assertThat(broker.awaitLines(4).subList(1, 4))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .isEqualTo("listening on " + directory + "/clients.sock (Unix socket)"),
                            line -> assertThat(line).contains(" protocol=- name=- route=listener service=mail "),
                            line -> assertThat(line)
                                    .contains(" from=pid:"
                                            + ProcessHandle.current().pid()
                                            + " protocol=silent name=- route=default service=mail "));
        }
    }

    @Test
    void shouldTryTheNextBackendAndTellOfEach() throws Exception {
        Path config = config("""
                listeners: [{address: 127.0.0.1:0}]
                default: web
                services: {web: {backends: [DIR/1.sock, DIR/2.sock, DIR/gone.sock]}}
                """);
        backends.add(NamedBackend.startRejecting(directory.resolve("1.sock")));
        backends.add(NamedBackend.start(directory.resolve("2.sock"), "second"));
        try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 1, "--json")) {
            JsonNode listening = new JsonMapper().readTree(broker.lines().get(0));
            String address = listening.get("address").asText();
            List<JsonNode> reports = new ArrayList<>();
            // Which one is tried first is the pool's to choose.
            for (int i = 0; i < 4; i++) {
                assertThat(ask(address, "hello\n")).endsWith("second got hello");
                reports.add(new JsonMapper().readTree(broker.awaitLines(i + 2).get(i + 1)));
            }
            assertThat(reports).allSatisfy(report -> {
                assertThat(report.get("event").asText()).isEqualTo("client");
                assertThat(report.get("outcome").asText()).isEqualTo("ACCEPTED");
                assertThat(report.get("backend").asText()).isEqualTo(directory + "/2.sock");
                assertThat(report.get("protocol").isNull()).isTrue();
            });
            assertThat(reports).anySatisfy(report -> {
                assertThat(report.get("attempts")).hasSize(2);
                assertThat(report.get("attempts").get(0).get("backend").asText())
                        .isEqualTo(directory + "/1.sock");
                assertThat(report.get("attempts").get(0).get("result").asText()).isEqualTo("rejected");
            });
        }
    }

    @Test
    void shouldProxyWhomNoBackendTakes() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Path config = config("""
                    listeners: [{address: 127.0.0.1:0}]
                    routes: [{host: a.example, service: web}]
                    default: web
                    services: {web: {backends: [DIR/web.sock], fallback: "proxy 127.0.0.1:PORT"}}
                    """.replace("PORT", Integer.toString(server.getLocalPort())));
            try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 1);
                    EchoClient client = EchoClient.connect(broker.address())) {
                String request = REQUEST.formatted("/", "a.example");
                client.send(request);
                try (Socket accepted = server.accept()) {
                    assertThat(accepted.getInputStream().readNBytes(request.length()))
                            .asString()
                            .isEqualTo(request);
                    accepted.getOutputStream().write("welcome".getBytes(US_ASCII));
                    assertThat(client.read(7)).isEqualTo("welcome");
                    client.shutdownOutput();
                    assertThat(accepted.getInputStream().read()).isEqualTo(-1);
                    accepted.getOutputStream().write(" and goodbye".getBytes(US_ASCII));
                }
                assertThat(client.readToEnd()).isEqualTo(" and goodbye");

                assertThat(broker.awaitLines(2).get(1))
                        .contains(" outcome=proxied ended_by=client state=proxy backend=- attempts=- ")
                        .matches(".*" + TIMES + "bytes_to_server=" + request.length() + " bytes_to_client=19 detail=.*"
                                + directory + ".*");
            }
        }
    }

    @Test
    void shouldServeAClientThatHasEndedItsInputBeforeItIsLookedAt() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Path config = config("""
                    listeners: [{address: DIR/clients.sock}]
                    routes:
                      - {pathPrefix: /taken, service: taken}
                      - {pathPrefix: /proxied, service: proxied}
                    services:
                      taken: {backends: [DIR/taken.sock]}
                      proxied: {backends: [DIR/none.sock], fallback: "proxy 127.0.0.1:PORT"}
                    """.replace("PORT", Integer.toString(server.getLocalPort())));
            backends.add(NamedBackend.start(directory.resolve("taken.sock"), "taken"));
            try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 1);
                    EchoClient taken = EchoClient.connect(directory + "/clients.sock");
                    EchoClient proxied = EchoClient.connect(directory + "/clients.sock")) {
                taken.send(REQUEST.formatted("/taken", "h")).shutdownOutput();
                assertThat(taken.readToEnd()).endsWith("taken got GET /taken HTTP/1.1");

                String request = REQUEST.formatted("/proxied", "h");
                proxied.send(request).shutdownOutput();
                try (Socket accepted = server.accept()) {
                    assertThat(accepted.getInputStream().readAllBytes())
                            .asString()
                            .isEqualTo(request);
                    accepted.getOutputStream().write("answer".getBytes(US_ASCII));
                }
                assertThat(proxied.readToEnd()).isEqualTo("answer");
                assertThat(broker.awaitLines(3).get(2)).contains(" outcome=proxied ended_by=client state=proxy ");
            }
        }
    }

    @Test
    void shouldNeverProxyAClientThatABackendMayHave() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ServerSocketChannel backend = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        .bind(UnixDomainSocketAddress.of(directory.resolve("web.sock")))) {
            Path config = config("""
                    listeners: [{address: 127.0.0.1:0}]
                    default: web
                    services: {web: {backends: [DIR/web.sock], fallback: "proxy 127.0.0.1:PORT"}}
                    """.replace("PORT", Integer.toString(server.getLocalPort())));
            try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 1);
                    EchoClient client = EchoClient.connect(broker.address())) {
                try (SocketChannel connection = backend.accept()) {
                    // The token, with the descriptor, and then the offer, each in a read of its own.
                    assertThat(connection.read(ByteBuffer.allocate(1024))).isEqualTo(16);
                    assertThat(connection.read(ByteBuffer.allocate(1024))).isPositive();
                }

                assertThat(client.readToEnd()).isEmpty();
                assertThat(broker.awaitLines(2).get(1))
                        .contains(" outcome=lost ended_by=backend state=handoff ", "/web.sock:ack:")
                        .endsWith(" detail=the backend closed the connection without a HandoffAck");
                server.setSoTimeout(1);
                assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    @Test
    void shouldCloseWhomNobodyTakesAndSayWhy() throws Exception {
        Path config = config("""
                listeners: [{address: 127.0.0.1:0}]
                routes:
                  - {pathPrefix: /closed, service: closed}
                  - {pathPrefix: /nobody, service: nobody}
                services:
                  closed: {backends: [DIR/web.sock]}
                  nobody: {backends: [DIR/web.sock], fallback: "proxy DIR/nobody.sock"}
                """);
        backends.add(NamedBackend.startRejecting(directory.resolve("web.sock")));
        try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 1)) {
            assertThat(ask(broker.address(), REQUEST.formatted("/closed", "x"))).isEmpty();
            assertThat(ask(broker.address(), REQUEST.formatted("/nobody", "x"))).isEmpty();
            assertThat(ask(broker.address(), REQUEST.formatted("/other", "x"))).isEmpty();
            EchoClient.connect(broker.address()).close();

            assertThat(broker.awaitLines(5).subList(1, 5))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .contains(
                                            " outcome=closed ended_by=broker state=handoff ",
                                            "web.sock:rejected:",
                                            " detail=not today"),
                            line -> assertThat(line)
                                    .contains(" outcome=closed ended_by=server state=connect ")
                                    .endsWith(" detail=" + directory + "/nobody.sock: no such file; before: not today"),
                            line -> assertThat(line)
                                    .contains(" route=none service=- outcome=closed ended_by=broker state=route ")
                                    .endsWith(" detail=no route fits, and there is no default"),
                            line -> assertThat(line).contains(" outcome=left ended_by=client state=look "));
        }
    }

    @Test
    void shouldLeaveInTheBacklogWhomItMayNotHaveYet() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Path config = config("""
                    listeners:
                      - {address: 127.0.0.1:0, maxConnections: 1}
                      - {address: DIR/others.sock}
                    default: web
                    services: {web: {backends: [DIR/web.sock], fallback: "proxy 127.0.0.1:PORT"}}
                    """.replace("PORT", Integer.toString(server.getLocalPort())));
            try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 2)) {
                try (EchoClient first = EchoClient.connect(broker.address()).send("1");
                        Socket firstProxied = server.accept();
                        EchoClient second = EchoClient.connect(broker.address()).send("2");
                        EchoClient other =
                                EchoClient.connect(directory + "/others.sock").send("3");
                        Socket otherProxied = server.accept()) {
                    assertThat(firstProxied.getInputStream().read()).isEqualTo('1');
                    // Who came last, but to a listener that has no client.
                    assertThat(otherProxied.getInputStream().read()).isEqualTo('3');
                    first.shutdownOutput();
                    firstProxied.shutdownOutput();
                    try (Socket secondProxied = server.accept()) {
                        assertThat(secondProxied.getInputStream().read()).isEqualTo('2');
                    }
                    assertThat(second.readToEnd()).isEmpty();
                    other.shutdownOutput();
                }
            }
        }
    }

    @Test
    void shouldShowMetricsAndHealth() throws Exception {
        Path config = config("""
                listeners: [{address: 127.0.0.1:0}]
                default: web
                services: {web: {backends: [DIR/web.sock]}}
                metrics: 127.0.0.1:0
                """);
        backends.add(NamedBackend.start(directory.resolve("web.sock"), "web"));
        try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 2)) {
            assertThat(ask(broker.address(), "hello\n")).endsWith("web got hello");
            broker.awaitLines(3);
            String url = broker.lines().get(1).replaceFirst("^metrics on ", "");

            // Another pool, whose counts begin anew.
            Files.writeString(config, Files.readString(config) + "limits: {maxFailures: 7}\n");
            broker.signal(1);
            broker.awaitLine(line -> line.startsWith("reloaded "));
            assertThat(get(url).body())
                    .contains("handoff_broker_reloads_total{result=\"applied\"} 1.0")
                    .doesNotContain("handoff_broker_in_flight{");
            assertThat(ask(broker.address(), "hello\n")).endsWith("web got hello");
            broker.awaitLine(line -> line.startsWith("client id=2 "));

            assertThat(documentedMeters())
                    .hasSizeGreaterThan(5)
                    .allSatisfy(name -> assertThat(get(url).body()).containsPattern("(?m)^" + name + "(_sum)?[ {]"));
            HttpResponse<String> health = get(url.replace("/metrics", "/healthz"));
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body()).isEqualTo("ok\n");
            assertThat(get(url).body().lines())
                    .contains(
                            "handoff_broker_clients_total{outcome=\"accepted\"} 2.0",
                            "handoff_broker_clients_total{outcome=\"lost\"} 0.0",
                            "handoff_broker_clients_undecided 0.0",
                            "handoff_broker_proxied_bytes_total{direction=\"to_client\"} 0.0",
                            "handoff_broker_reloads_total{result=\"refused\"} 0.0",
                            "handoff_broker_in_flight{backend=\"" + directory + "/web.sock\",service=\"web\"} 0.0",
                            "handoff_broker_handoffs_seconds_count{backend=\"" + directory
                                    + "/web.sock\",client=\"gone\",outcome=\"accepted\",service=\"web\",stage=\"none\"} 1");
        }
    }

    /** The names in the fourth column of the table of the broker's page. */
    private static List<String> documentedMeters() throws IOException {
        return Pattern.compile("(?m)^\\| `handoff\\.[^|]*\\|[^|]*\\|[^|]*\\| `([a-z_]+)` \\|")
                .matcher(Files.readString(Path.of("../docs/broker.md")))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private static String ask(String address, String request) throws IOException {
        try (EchoClient client = EchoClient.connect(address)) {
            return client.send(request).readToEnd();
        }
    }

    private Path config(String yaml) throws IOException {
        return Files.writeString(directory.resolve("broker.yaml"), yaml.replace("DIR", directory.toString()));
    }
}
