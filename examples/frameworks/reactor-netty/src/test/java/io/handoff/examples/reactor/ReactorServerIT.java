package io.handoff.examples.reactor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.examples.harness.Broker;
import io.handoff.examples.harness.Clients;
import io.handoff.examples.harness.Shutdown;
import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider;

/** The JDK's client and plain sockets meet Reactor Netty's server; a broker in a process of its own hands the connections over. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
class ReactorServerIT {

    private static final int CLIENTS = 64;
    private static final int MUCH = 10 << 20;
    private static final int READ_TIMEOUT_MILLIS = 30_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String HELLO = "GET /hello HTTP/1.1\r\nHost: backend\r\n";
    private static final String AND_CLOSE = "Connection: close\r\n\r\n";

    /** One for all tests: it has descriptors of its own, and cannot be closed. */
    private static final HttpClient CLEARTEXT = HttpClient.newHttpClient();

    private static X509Bundle certificate;
    private static HttpClient encrypted;

    @TempDir
    Path directory;

    private ReactorServer server;
    private Broker broker;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = new CertificateBuilder()
                .subject("CN=backend")
                .addSanIpAddress("127.0.0.1")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, certificate.toTrustManagerFactory().getTrustManagers(), null);
        encrypted = HttpClient.newBuilder().sslContext(trusting).build();
    }

    @BeforeEach
    void start() throws Exception {
        server = started(UnaryOperator.identity());
        broker = Broker.start(socket());
    }

    private ReactorServer started(UnaryOperator<HttpServer> settings) {
        return new ReactorServer(socket(), new InetSocketAddress("localhost", 8080), settings);
    }

    private void startAgain(UnaryOperator<HttpServer> settings) {
        server.stop(Duration.ZERO);
        server = started(settings);
    }

    private static HttpServer withTls(HttpServer http) {
        SslProvider.GenericSslContextSpec<?> context =
                Http2SslContextSpec.forServer(certificate.getKeyPair().getPrivate(), certificate.getCertificate());
        return http.protocol(HttpProtocol.HTTP11, HttpProtocol.H2).secure(tls -> tls.sslContext(context));
    }

    private Path socket() {
        return directory.resolve("s");
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ZERO);
        broker.close();
    }

    // Requests

    @Test
    void shouldAnswerOneRequestAfterTheOtherOnOneConnection() throws Exception {
        String addresses = get("/", Version.HTTP_1_1).body();
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> again = get("/", Version.HTTP_1_1);
            assertThat(again.version()).isEqualTo(Version.HTTP_1_1);
            assertThat(again.body()).isEqualTo(addresses);
        }

        broker.stop();
        assertThat(broker.accepted()).isEqualTo(1);
    }

    @Test
    void shouldTakeAnUpgradeToHttp2WithoutTls() throws Exception {
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> response = get("/hello", Version.HTTP_2);
            assertThat(response.version()).isEqualTo(Version.HTTP_2);
            assertThat(response.body()).isEqualTo("hello");
        }

        broker.stop();
        assertThat(broker.accepted()).isEqualTo(1);
    }

    /** The broker has read nothing, so the client shakes hands with the backend. */
    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldShowItsOwnCertificate(Version version) throws Exception {
        startAgain(ReactorServerIT::withTls);

        HttpResponse<String> response =
                encrypted.send(request("https", "/hello", version).build(), BodyHandlers.ofString(UTF_8));

        assertThat(response.body()).isEqualTo("hello");
        assertThat(response.version()).isEqualTo(version);
        SSLSession session = response.sslSession().orElseThrow();
        assertThat(session.getPeerCertificates()).containsExactly(certificate.getCertificate());
        broker.stop();
        assertThat(broker.accepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldCarry10MiBBothWays(Version version) throws Exception {
        // An upgrade that brings a body is refused by Reactor Netty.
        assertThat(get("/hello", version).version()).isEqualTo(version);

        assertCarriesMuch(CLEARTEXT, "http", version);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldCarry10MiBBothWaysEncrypted(Version version) throws Exception {
        startAgain(ReactorServerIT::withTls);

        assertCarriesMuch(encrypted, "https", version);
    }

    private void assertCarriesMuch(HttpClient client, String scheme, Version version) throws Exception {
        byte[] much = new byte[MUCH];
        new Random(1).nextBytes(much);

        HttpResponse<byte[]> response = client.send(
                request(scheme, "/echo", version)
                        .POST(BodyPublishers.ofByteArray(much))
                        .build(),
                BodyHandlers.ofByteArray());

        assertThat(response.version()).isEqualTo(version);
        assertThat(response.body()).isEqualTo(much);
    }

    @Test
    void shouldServe64ClientsAtOnce() throws Exception {
        CyclicBarrier allAreServed = new CyclicBarrier(CLIENTS);

        List<String> answers = Clients.together(CLIENTS, () -> {
            try (Socket client = connect()) {
                ask(client, HELLO + "\r\n");
                readThrough(client, "hello");
                allAreServed.await();
                ask(client, HELLO + AND_CLOSE);
                return readToEnd(client);
            }
        });

        assertThat(answers).hasSize(CLIENTS).allMatch(ReactorServerIT::isHello);
        broker.stop();
        assertThat(broker.accepted()).isEqualTo(CLIENTS);
    }

    // What it sees of a client

    @Test
    void shouldSeeTheClientsAddresses() throws Exception {
        Queue<SocketAddress> logged = new ConcurrentLinkedQueue<>();
        startAgain(http -> http.accessLog(true, request -> {
            logged.add(Objects.requireNonNull(request.connectionInformation()).connectionRemoteAddress());
            return null;
        }));

        try (Socket client = connect()) {
            ask(client, "GET / HTTP/1.1\r\nHost: backend\r\n" + AND_CLOSE);

            assertThat(readToEnd(client))
                    .endsWith("hello /127.0.0.1:" + client.getLocalPort() + ", this is /127.0.0.1:" + client.getPort()
                            + "\n");
            assertThat(logged).containsExactly(client.getLocalSocketAddress());
        }
    }

    /** Reactor Netty would close it, as it closes those that it has accepted itself. Its broker still has it. */
    @Test
    void shouldLeaveAClientThatIsOneTooManyToTheBroker() throws Exception {
        startAgain(http -> http.maxConnections(1));

        try (Socket first = connect();
                Socket second = connect()) {
            ask(first, HELLO + "\r\n");
            readThrough(first, "hello");

            assertThat(isServedByBroker(second)).isTrue();
            ask(first, HELLO + AND_CLOSE);
            assertThat(readToEnd(first)).matches(ReactorServerIT::isHello);
        }
    }

    // Shutting down

    @Test
    void shouldEndIdleConnectionsAndLetARunningRequestEnd() throws Exception {
        try (Socket idle = connect();
                Socket running = connect()) {
            ask(idle, HELLO + "\r\n");
            readThrough(idle, "hello");
            ask(running, "POST /echo HTTP/1.1\r\nHost: backend\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
            readThrough(running, "100 Continue\r\n\r\n");
            ask(running, "first ");

            Thread stopping = new Thread(() -> server.stop(Duration.ZERO));
            stopping.start();
            assertThat(readToEnd(idle)).isEmpty();
            try (Socket late = connect()) {
                assertThat(isServedByBroker(late)).isTrue();
            }

            ask(running, "last");
            assertThat(readToEnd(running)).startsWith("HTTP/1.1 200 OK").endsWith("first last");
            stopping.join();
        }
    }

    @Test
    void shouldHaveEachClientAnsweredByOneSideWhileItShutsDown() throws Exception {
        Shutdown.underLoad(socket(), HELLO + AND_CLOSE, ReactorServerIT::isHello, () -> {
            server.stop(PATIENCE);
            return null;
        });
    }

    // Clients

    private HttpResponse<String> get(String path, Version version) throws Exception {
        return CLEARTEXT.send(request("http", path, version).build(), BodyHandlers.ofString(UTF_8));
    }

    private HttpRequest.Builder request(String scheme, String path, Version version) {
        return HttpRequest.newBuilder(
                        URI.create(scheme + "://127.0.0.1:" + broker.address().getPort() + path))
                .version(version)
                .timeout(PATIENCE);
    }

    private Socket connect() throws IOException {
        Socket client =
                new Socket(broker.address().getAddress(), broker.address().getPort());
        client.setSoTimeout(READ_TIMEOUT_MILLIS);
        return client;
    }

    private static void ask(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(UTF_8));
    }

    private static String readToEnd(Socket client) throws IOException {
        return new String(client.getInputStream().readAllBytes(), UTF_8);
    }

    private static void readThrough(Socket client, String end) throws IOException {
        InputStream in = client.getInputStream();
        StringBuilder read = new StringBuilder();
        while (read.indexOf(end) < 0) {
            int next = in.read();
            assertThat(next).as(() -> "what comes after " + read).isNotNegative();
            read.append((char) next);
        }
    }

    /** It echoes. */
    private static boolean isServedByBroker(Socket client) throws IOException {
        ask(client, HELLO);
        return new String(client.getInputStream().readNBytes(HELLO.length()), UTF_8).equals(HELLO);
    }

    private static boolean isHello(String answer) {
        return answer.startsWith("HTTP/1.1 200 OK\r\n") && answer.endsWith("\r\n\r\nhello");
    }
}
