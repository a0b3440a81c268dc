package io.handoff.examples.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.testkit.NoDescriptorsLeft;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a framework makes of a connection that was handed off is what it makes of one that it has accepted: TLS, addresses, access log, idle
 * timeout and the count of connections are about the client, and not about the broker, which runs in a process of its own and has no
 * certificate.
 */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
public abstract class ClientsView {

    /** Where the client connects from. Neither the broker nor the server has it. */
    private static final String CLIENT = "127.0.0.7";

    private static final int READ_TIMEOUT_MILLIS = 30_000;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static X509Bundle certificate;
    private static SSLContext trusting;

    /** For sockets and files. */
    @TempDir
    protected Path directory;

    /**
     * Starts a server that speaks HTTP/1.1 over TLS.
     *
     * @param socket where brokers hand connections off
     * @param certificate the server's own
     * @param idleTimeout when it closes a connection on which nothing happens
     * @return what shuts it down
     */
    protected abstract ServedConnections.Stop startServer(Path socket, X509Bundle certificate, Duration idleTimeout)
            throws Exception;

    /**
     * How it greets who asks for {@code /}.
     *
     * @param client the client's address, such as {@code 127.0.0.7:40000}
     * @param server where it has connected
     */
    protected abstract String greeting(String client, String server);

    /** The name of the logger of its access log. */
    protected abstract String accessLog();

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = new CertificateBuilder()
                .subject("CN=backend")
                .addSanIpAddress("127.0.0.1")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, certificate.toTrustManagerFactory().getTrustManagers(), null);
    }

    /** Something done with a broker in front of a server. */
    private interface Use {
        void of(Broker broker) throws Exception;
    }

    private void whileItServes(Duration idleTimeout, Use use) throws Exception {
        ServedConnections.Stop server = startServer(socket(), certificate, idleTimeout);
        try (Broker broker = Broker.start(socket())) {
            // The first handshake loads so much that on a busy machine the offer may be rejected, and the broker goes
            // on with the client.
            await().ignoreExceptions().untilAsserted(() -> assertServed(broker));
            use.of(broker);
        } finally {
            server.stop();
        }
    }

    private Path socket() {
        return directory.resolve("s");
    }

    private static SSLSocket connect(Broker broker) throws IOException {
        SSLSocket client = (SSLSocket) trusting.getSocketFactory().createSocket();
        client.bind(new InetSocketAddress(CLIENT, 0));
        client.connect(broker.address());
        client.setSoTimeout(READ_TIMEOUT_MILLIS);
        return client;
    }

    private void assertGreeted(SSLSocket client) throws IOException {
        client.getOutputStream().write(HttpClients.REQUEST.getBytes(StandardCharsets.UTF_8));
        byte[] bytes = new byte[1 << 16];
        String answer = "";
        int length = 0;
        while (length >= 0 && !isWhole(answer)) {
            length = client.getInputStream().read(bytes);
            answer += new String(bytes, 0, Math.max(0, length), StandardCharsets.UTF_8);
        }
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\n"
                        + greeting(
                                CLIENT + ":" + client.getLocalPort(),
                                client.getInetAddress().getHostAddress() + ":" + client.getPort()));
    }

    private void assertServed(Broker broker) throws IOException {
        try (SSLSocket client = connect(broker)) {
            assertGreeted(client);
        }
    }

    private static boolean isWhole(String answer) {
        int body = answer.indexOf("\r\n\r\n") + 4;
        return body > 3 && answer.length() > body && answer.endsWith("\n");
    }

    @Test
    void shouldShakeHandsWithTheClientItself() throws Exception {
        whileItServes(LONG, broker -> {
            try (SSLSocket client = connect(broker)) {
                assertGreeted(client);
                assertThat(client.getSession().getPeerCertificates()).containsExactly(certificate.getCertificate());
            }
        });
    }

    @Test
    void shouldLogTheClientsAddress() throws Exception {
        whileItServes(LONG, broker -> {
            // Not before: Spring Boot sets up logging anew when it starts.
            try (LoggedLines logged = LoggedLines.of(accessLog())) {
                try (SSLSocket client = connect(broker)) {
                    assertGreeted(client);
                }
                await().untilAsserted(
                                () -> assertThat(logged.lines()).isNotEmpty().allMatch(line -> line.contains(CLIENT)));
            }
        });
    }

    @Test
    void shouldCloseAClientThatIsIdle() throws Exception {
        whileItServes(SHORT, broker -> {
            try (SSLSocket client = connect(broker)) {
                assertGreeted(client);
                assertThat(client.getInputStream().readAllBytes()).isEmpty();
            }
        });
    }

    /**
     * For the frameworks that count their connections: each is counted from its handoff to its end, and one whose handoff fails after the
     * framework has taken it is not.
     *
     * @param open how many connections the framework says are open
     */
    protected final void assertCounts(DoubleSupplier open) throws Exception {
        whileItServes(LONG, broker -> {
            try (SSLSocket client = connect(broker)) {
                assertGreeted(client);
                await().untilAsserted(() ->
                        assertThat(open.getAsDouble()).as("while it is open").isEqualTo(1));
            }
            await().untilAsserted(() ->
                    assertThat(open.getAsDouble()).as("after its end").isZero());

            FailedHandoff.at(socket());
            await().untilAsserted(() ->
                    assertThat(open.getAsDouble()).as("after a failed handoff").isZero());
        });
    }
}
