package io.handoff.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.StartedProcess;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What else than HTTP/1.1 can be spoken on a connection that was handed off. The broker has read none of it. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
class HandedOffProtocolsIT {

    private static final String BESIDE = "handoff.backend.only=false";
    private static final String INSTEAD = "handoff.backend.only=true";
    private static final String ANSWER = "handed off for example";
    private static final String PASSWORD = "changeit";
    private static final int PATIENCE_SECONDS = 30;

    /** Has descriptors of its own, for as long as the JVM lives. */
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path keys;

    /** As the other. Trusts the server. */
    private static HttpClient tlsClient;

    @TempDir
    Path directory;

    @BeforeAll
    static void makeKeys() throws Exception {
        selfSign(keyStore());
        tlsClient = HttpClient.newBuilder().sslContext(trusting(keyStore())).build();
    }

    private static Path keyStore() {
        return keys.resolve("key-store.p12");
    }

    private Running start(String... properties) throws Exception {
        return Running.at(directory.resolve("s"), properties);
    }

    private static URI uri(String scheme, Running running, String path) {
        return URI.create(scheme + "://127.0.0.1:" + running.broker().address().getPort() + path);
    }

    /** A request has a channel of its own. */
    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldServeHttp2(String mode) throws Exception {
        try (Running running = start(mode, "server.http2.enabled=true")) {
            for (int request = 1; request <= 2; request++) {
                HttpResponse<String> answer = running.get(CLIENT, "/");

                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.body()).isEqualTo(ANSWER);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldServeWebSockets(String mode) throws Exception {
        try (Running running = start(mode)) {
            CompletableFuture<String> received = new CompletableFuture<>();
            WebSocket webSocket = CLIENT.newWebSocketBuilder()
                    .buildAsync(uri("ws", running, "/web-socket"), new FirstText(received))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            webSocket.sendText("echo", true);

            assertThat(received.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("echo");
            webSocket.abort();
        }
    }

    private record FirstText(CompletableFuture<String> received) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            received.complete(data.toString());
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            received.completeExceptionally(error);
        }
    }

    /** The handshake is the application's. */
    @ParameterizedTest
    @ValueSource(strings = {BESIDE, INSTEAD})
    void shouldServeTls(String mode) throws Exception {
        try (Running running = start(
                mode,
                "server.ssl.key-store=" + keyStore(),
                "server.ssl.key-store-password=" + PASSWORD,
                "server.http2.enabled=true")) {
            HttpResponse<String> answer = tlsClient.send(
                    HttpRequest.newBuilder(uri("https", running, "/")).build(), BodyHandlers.ofString());

            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.body()).isEqualTo(ANSWER);
        }
    }

    private static void selfSign(Path keyStore) throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = List.of(
                keytool,
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                keyStore.toString(),
                "-storepass",
                PASSWORD);
        try (StartedProcess process = StartedProcess.start(command)) {
            assertThat(process.awaitExit()).isZero();
        }
    }

    private static SSLContext trusting(Path keyStore) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
