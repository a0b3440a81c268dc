package io.handoff.examples.armeria;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.CommonPools;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.handoff.examples.harness.Broker;
import io.handoff.examples.harness.Clients;
import io.handoff.examples.harness.HttpClients;
import io.handoff.examples.harness.ServedConnections;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The JDK's clients meet Armeria's server; a broker in a process of its own hands the connections over. */
class ArmeriaServerIT extends ServedConnections {

    private static final int PATIENCE_SECONDS = 30;
    private static final int MAX_CONNECTIONS = 1000;

    /** It sends back what it is sent. */
    private static final String BROKERS_ANSWER =
            HttpClients.REQUEST.lines().findFirst().orElseThrow();

    /** Armeria's own event loops are there before the first test: they live as long as the JVM. */
    @BeforeAll
    static void openWhatIsNeverClosed() {
        assertThat(CommonPools.workerGroup().isShuttingDown()).isFalse();
    }

    @Override
    protected Served startServer(Path socket) throws Exception {
        ArmeriaServer server = start(socket, MAX_CONNECTIONS);
        return new Served(server.address(), server::stop);
    }

    @Override
    protected String greeting(InetSocketAddress client, InetSocketAddress server) {
        return "hello /127.0.0.1:" + client.getPort() + ", this is /127.0.0.1:" + server.getPort() + "\n";
    }

    private ArmeriaServer start(Path socket, int maxConnections) throws Exception {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new ArmeriaServer(socket, anyPort, maxConnections);
    }

    @Test
    void shouldAnswer64ClientsOfGrpcAtOnce() throws Exception {
        List<ServingStatus> answers = Clients.together(CLIENTS, () -> {
            ManagedChannel channel = NettyChannelBuilder.forAddress(broker.address())
                    .usePlaintext()
                    .build();
            try {
                return HealthGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus();
            } finally {
                channel.shutdown().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        });

        assertThat(answers).hasSize(CLIENTS).containsOnly(ServingStatus.SERVING);
        broker.stop();
        assertThat(broker.accepted()).isEqualTo(CLIENTS);
    }

    /** Armeria closes it at once, with SO_LINGER 0. Its broker goes on with it all the same, and it is not reset. */
    @Test
    void shouldLeaveWhoIsTooManyToTheBroker() throws Exception {
        ArmeriaServer limited = start(directory.resolve("limited"), 2);
        try (Broker itsBroker = Broker.start(directory.resolve("limited"))) {
            try (Socket first = HttpClients.connect(itsBroker.address());
                    Socket second = HttpClients.connect(itsBroker.address())) {
                assertThat(HttpClients.firstLineOfTheAnswerTo(first)).isEqualTo("HTTP/1.1 200 OK");
                assertThat(HttpClients.firstLineOfTheAnswerTo(second)).isEqualTo("HTTP/1.1 200 OK");
                for (int i = 0; i < CLIENTS; i++) {
                    try (Socket tooMany = HttpClients.connect(itsBroker.address())) {
                        assertThat(HttpClients.firstLineOfTheAnswerTo(tooMany)).isEqualTo(BROKERS_ANSWER);
                    }
                }
            }
            String line = BROKERS_ANSWER;
            while (line.equals(BROKERS_ANSWER)) {
                try (Socket next = HttpClients.connect(itsBroker.address())) {
                    line = HttpClients.firstLineOfTheAnswerTo(next);
                }
            }
            assertThat(line).as("when there is room again").isEqualTo("HTTP/1.1 200 OK");
        } finally {
            limited.stop();
        }
    }
}
