package io.handoff.examples.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.testkit.NoDescriptorsLeft;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient.Version;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What holds for the server of every framework that takes handed-off connections beside those that come to its port, and greets its
 * clients. A broker in a process of its own hands the connections over.
 */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
public abstract class ServedConnections {

    /** At a time. */
    protected static final int CLIENTS = 64;

    /** There before the first test, as its clients ask for. */
    protected static final HttpClients HTTP = new HttpClients();

    /** Where the server's handoff socket may be. */
    @TempDir
    protected Path directory;

    /** In front of the server. */
    protected Broker broker;

    private Served server;

    /**
     * A server that runs.
     *
     * @param address where it listens itself
     * @param stop shuts it down as the framework does
     */
    public record Served(InetSocketAddress address, Stop stop) {}

    /** How a server is shut down. */
    public interface Stop {
        /** Returns when that is over. */
        void stop() throws Exception;
    }

    /** Starts the server. */
    protected abstract Served startServer(Path socket) throws Exception;

    /** How it greets. */
    protected abstract String greeting(InetSocketAddress client, InetSocketAddress server);

    @BeforeEach
    final void start() throws Exception {
        server = startServer(socket());
        // Whoever comes first has the server load its classes, which on a busy machine takes longer than an offer may
        // wait.
        ask(server.address());
        broker = Broker.start(socket());
    }

    @AfterEach
    final void stop() throws Exception {
        server.stop().stop();
        broker.close();
    }

    private Path socket() {
        return directory.resolve("s");
    }

    /** Whoever answered knew both ends of the client's own connection. */
    protected final String ask(InetSocketAddress address) throws IOException {
        return HttpClients.ask(address, this::greeting);
    }

    @Test
    void shouldAnswerOverHttp1OnOneConnection() throws Exception {
        HTTP.assertServedOnOneConnection(Version.HTTP_1_1, broker);
    }

    @Test
    void shouldAnswerOverHttp2InClearText() throws Exception {
        HTTP.assertServedOnOneConnection(Version.HTTP_2, broker);
    }

    @Test
    void shouldAnswer64ClientsAtOnce() throws Exception {
        Clients.together(CLIENTS, () -> ask(broker.address()));

        broker.stop();
        assertThat(broker.accepted()).isEqualTo(CLIENTS);
    }

    @Test
    void shouldAnswerWhoComesToThePortAsWell() throws Exception {
        Clients.together(CLIENTS, () -> ask(server.address()) + ask(broker.address()));

        broker.stop();
        assertThat(broker.accepted()).isEqualTo(CLIENTS);
    }

    @Test
    void shouldAnswerEachClientOnceWhileItShutsDown() throws Exception {
        Shutdown.underLoad(socket(), HttpClients.LAST_REQUEST, HttpClients::isAnswer, () -> {
            server.stop().stop();
            return null;
        });
    }
}
