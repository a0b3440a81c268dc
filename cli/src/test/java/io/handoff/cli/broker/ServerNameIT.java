package io.handoff.cli.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.cli.HandoffProcess;
import io.handoff.testkit.StartedProcess;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two servers with certificates of their own behind one broker that has neither. */
@Timeout(120)
class ServerNameIT {

    private static final String PASSWORD = "changeit";

    @TempDir
    Path directory;

    @AutoClose
    private final NamedBackends backends = new NamedBackends();

    @Test
    void shouldBringCurlToTheServerThatItNamesWithTlsFromEndToEnd() throws Exception {
        Path config = Files.writeString(directory.resolve("broker.yaml"), """
                listeners: [{address: 127.0.0.1:0}]
                routes:
                  - {sni: one.example, service: one}
                  - {sni: "*.two.example", service: two}
                services:
                  one: {backends: [DIR/one.sock]}
                  two: {backends: [DIR/two.sock]}
                """.replace("DIR", directory.toString()));
        backends.add(NamedBackend.start(directory.resolve("one.sock"), "one", certificate("one.example")));
        backends.add(NamedBackend.start(directory.resolve("two.sock"), "two", certificate("www.two.example")));
        try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 1)) {
            String port = broker.address().replaceFirst(".*:", "");

            assertThat(curl(port, "one.example", "one.example"))
                    .containsExactly("0", "one got GET /one.example HTTP/1.1");
            assertThat(curl(port, "www.two.example", "www.two.example"))
                    .containsExactly("0", "two got GET /www.two.example HTTP/1.1");
            // The certificate is the backend's own, so that of the other one does not vouch for it: curl's error 60.
            assertThat(curl(port, "one.example", "www.two.example")).containsExactly("60");
            // No route, so no TLS: error 35.
            assertThat(curl(port, "three.example", "one.example")).containsExactly("35");

            assertThat(broker.awaitLines(5).subList(1, 5))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .contains(" protocol=tls name=one.example route=sni=one.example service=one"
                                            + " outcome=accepted "),
                            line -> assertThat(line)
                                    .contains(" protocol=tls name=www.two.example route=sni=*.two.example service=two"
                                            + " outcome=accepted "),
                            line -> assertThat(line).contains(" name=one.example ", " outcome=accepted "),
                            line -> assertThat(line).contains(" name=three.example route=none service=- "));
        }
    }

    /** Asks as a user does, and returns curl's exit status and what it has printed. */
    private List<String> curl(String port, String name, String trusted) throws Exception {
        try (StartedProcess curl = StartedProcess.start(List.of(
                "curl",
                "--silent",
                "--noproxy",
                "*",
                "--http1.1",
                "--resolve",
                name + ":" + port + ":127.0.0.1",
                "--cacert",
                directory.resolve(trusted + ".pem").toString(),
                "https://" + name + ":" + port + "/" + name))) {
            List<String> result = new ArrayList<>(List.of(String.valueOf(curl.awaitExit())));
            result.addAll(curl.lines());
            return result;
        }
    }

    /** Makes a key and a certificate with the JDK's own tool; the certificate is then in a file as well. */
    private SslContext certificate(String name) throws Exception {
        Path store = directory.resolve(name + ".p12");
        keytool(
                store,
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:" + name,
                "-storetype",
                "PKCS12");
        keytool(
                store,
                "-exportcert",
                "-rfc",
                "-file",
                directory.resolve(name + ".pem").toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
            keys.load(file, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        return SslContextBuilder.forServer(factory).build();
    }

    private static void keytool(Path store, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", "server", "-keystore", store.toString(), "-storepass", PASSWORD));
        try (StartedProcess tool = StartedProcess.start(command)) {
            assertThat(tool.awaitExit()).as(tool.output()).isZero();
        }
    }
}
