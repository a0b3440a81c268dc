package io.handoff.cli.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.cli.EchoClient;
import io.handoff.cli.HandoffProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP and SIGTERM, and who has a connection by then. */
@Timeout(120)
class BrokerReloadIT {

    private static final int SIGHUP = 1;
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;

    @TempDir
    Path directory;

    @AutoClose
    private final NamedBackends backends = new NamedBackends();

    @Test
    void shouldOpenAndCloseListenersAndLeaveTheOthersAsTheyAre() throws Exception {
        Path config = config("""
                listeners: [{address: 127.0.0.1:0}, {address: DIR/old.sock}]
                default: first
                services: {first: {backends: [DIR/1.sock]}}
                """);
        backends.add(NamedBackend.start(directory.resolve("1.sock"), "first"));
        backends.add(NamedBackend.start(directory.resolve("2.sock"), "second"));
        try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 2)) {
            String address = broker.address();
            assertThat(ask(address)).endsWith("first got hello");
            assertThat(ask(directory + "/old.sock")).endsWith("first got hello");

            config("""
                    listeners: [{address: DIR/new.sock}, {address: 127.0.0.1:0, maxConnections: 5, backlog: 7}]
                    default: second
                    services: {second: {backends: [DIR/2.sock]}}
                    """);
            broker.signal(SIGHUP);
            broker.awaitLine(line -> line.equals("reloaded " + config));

            assertThat(broker.lines())
                    .contains(
                            "listening on " + directory + "/new.sock (Unix socket)",
                            "no longer listening on " + directory + "/old.sock")
                    .filteredOn(line -> line.startsWith("listening on 127.0.0.1:"))
                    .hasSize(1);
            assertThat(ask(address)).endsWith("second got hello");
            assertThat(ask(directory + "/new.sock")).endsWith("second got hello");
            assertThat(directory.resolve("old.sock")).doesNotExist();
            assertThat(broker.errors()).isEmpty();
        }
    }

    @Test
    void shouldKeepWhatIsInForceWhenTheFileIsBadOrGoneOrCannotBeDone() throws Exception {
        Path config = config("""
                listeners: [{address: DIR/clients.sock}]
                default: web
                services: {web: {backends: [DIR/web.sock]}}
                """);
        String good = Files.readString(config);
        backends.add(NamedBackend.start(directory.resolve("web.sock"), "web"));
        try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 1)) {
            Files.writeString(config, good.replace("default: web", "default: wob"));
            broker.signal(SIGHUP);
            broker.awaitLine(line -> line.equals("not reloaded, and all stays as it was: " + config
                    + ":2:10: default: there is no service 'wob'; expected web"));
            Files.delete(config);
            broker.signal(SIGHUP);
            broker.awaitLine(
                    line -> line.equals("not reloaded, and all stays as it was: " + config + ": no such file"));
            // One of its two new listeners cannot be opened, so neither is.
            Files.writeString(
                    config,
                    good.replace(
                            "listeners: [",
                            "listeners: [{address: " + directory + "/new.sock}, {address: " + config + "}, "));
            broker.signal(SIGHUP);
            broker.awaitLine(line -> line.equals("not reloaded, and all stays as it was: cannot listen on " + config
                    + ": it exists and is no socket"));

            assertThat(directory.resolve("new.sock")).doesNotExist();
            assertThat(ask(directory + "/clients.sock")).endsWith("web got hello");
            Files.writeString(config, good);
            broker.signal(SIGHUP);
            broker.awaitLine(line -> line.equals("reloaded " + config));
            assertThat(ask(directory + "/clients.sock")).endsWith("web got hello");
        }
    }

    /** They are connected, as far as they know; nobody has accepted them yet. */
    @Test
    void shouldServeThoseWhoWaitAtAListenerThatItCloses() throws Exception {
        Path config = config("""
                listeners: [{address: 127.0.0.1:0}, {address: DIR/old.sock}, {address: DIR/stays.sock}]
                default: web
                services: {web: {backends: [DIR/web.sock]}}
                """);
        backends.add(NamedBackend.start(directory.resolve("web.sock"), "web"));
        try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 3)) {
            for (boolean byReload : new boolean[] {true, false}) {
                String tcp = broker.address();
                config("""
                        listeners: [{address: DIR/stays.sock}]
                        default: web
                        services: {web: {backends: [DIR/web.sock]}}
                        """);
                List<EchoClient> waiting = new ArrayList<>();
                broker.signal(SIGSTOP);
                for (int i = 0; i < 5; i++) {
                    waiting.add(EchoClient.connect(directory + "/stays.sock").send("hello\n"));
                    if (byReload) {
                        waiting.add(EchoClient.connect(tcp).send("hello\n"));
                        waiting.add(EchoClient.connect(directory + "/old.sock").send("hello\n"));
                    }
                }
                if (byReload) {
                    broker.signal(SIGHUP);
                } else {
                    broker.sendSigterm();
                }
                broker.signal(SIGCONT);
                for (EchoClient client : waiting) {
                    assertThat(client.readToEnd()).endsWith("web got hello");
                    client.close();
                }
                if (byReload) {
                    broker.awaitLine(line -> line.equals("reloaded " + config));
                    assertThatThrownBy(() -> EchoClient.connect(tcp)).isInstanceOf(IOException.class);
                }
            }
            assertThat(broker.awaitExit()).isZero();
            assertThat(broker.lines())
                    .filteredOn(line -> line.contains(" outcome=accepted "))
                    .hasSize(20);
            assertThat(broker.errors()).isEmpty();
        }
    }

    @Test
    void shouldLetProxiedClientsGoOnAfterSigtermButNotForEver() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Path config = config("""
                    listeners: [{address: DIR/clients.sock}]
                    default: web
                    services: {web: {backends: [DIR/web.sock], fallback: "proxy 127.0.0.1:PORT"}}
                    limits: {drainTimeout: 3s}
                    """.replace("PORT", Integer.toString(server.getLocalPort())));
            try (HandoffProcess broker = HandoffProcess.startConfiguredBroker(directory, config, 1);
                    EchoClient ends = EchoClient.connect(directory + "/clients.sock");
                    Socket endsServer = server.accept();
                    EchoClient stays = EchoClient.connect(directory + "/clients.sock");
                    Socket staysServer = server.accept()) {
                broker.sendSigterm();
                HandoffProcess.awaitRemoval(directory.resolve("clients.sock"));
                ends.send("still there").shutdownOutput();
                assertThat(endsServer.getInputStream().readAllBytes())
                        .asString()
                        .isEqualTo("still there");
                endsServer.shutdownOutput();
                broker.awaitLine(line -> line.contains(" outcome=proxied ended_by=client state=proxy "));

                assertThat(stays.readToEnd()).isEmpty();
                assertThat(staysServer.getInputStream().read()).isEqualTo(-1);
                assertThat(broker.awaitExit()).isZero();
                assertThat(broker.lines())
                        .last()
                        .asString()
                        .contains(" outcome=proxied ended_by=broker state=proxy ")
                        .contains("127.0.0.1:" + server.getLocalPort() + ": the broker is stopping");
            }
        }
    }

    private static String ask(String address) throws IOException {
        try (EchoClient client = EchoClient.connect(address)) {
            return client.send("hello\n").readToEnd();
        }
    }

    private Path config(String yaml) throws IOException {
        return Files.writeString(directory.resolve("broker.yaml"), yaml.replace("DIR", directory.toString()));
    }
}
