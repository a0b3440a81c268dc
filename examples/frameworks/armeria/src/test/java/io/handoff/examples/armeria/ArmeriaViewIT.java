package io.handoff.examples.armeria;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.logging.AccessLogWriter;
import io.handoff.examples.harness.ClientsView;
import io.handoff.examples.harness.ServedConnections.Stop;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.ServerChannel;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What Armeria makes of a client whose connection was handed off. */
class ArmeriaViewIT extends ClientsView {

    private final MeterRegistry meters = new SimpleMeterRegistry();

    /** Armeria's own event loops are there before the first test: they live as long as the JVM. */
    @BeforeAll
    static void openWhatIsNeverClosed() {
        assertThat(CommonPools.workerGroup().isShuttingDown()).isFalse();
    }

    @Override
    protected Stop startServer(Path socket, X509Bundle certificate, Duration idleTimeout) throws Exception {
        CompletableFuture<ServerChannel> listener = new CompletableFuture<>();
        Server server = Server.builder()
                .https(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .tls(TlsKeyPair.of(certificate.getKeyPair().getPrivate(), certificate.getCertificate()))
                .bossGroupFactory(threadName -> new BossGroup(threadName, listener))
                .idleTimeout(idleTimeout)
                .accessLogWriter(AccessLogWriter.combined(), true)
                .meterRegistry(meters)
                .service(
                        "/",
                        (context, request) -> HttpResponse.of(
                                "hello %s, this is %s\n", context.remoteAddress(), context.localAddress()))
                .build();
        server.start().join();
        HandoffServer handoff = HandoffServer.builder(socket)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .adoptInto(listener.join())
                .start()
                .get();
        return () -> {
            handoff.shutdownGracefully(Duration.ZERO, Duration.ofSeconds(20)).sync();
            server.stop().join();
        };
    }

    @Override
    protected String greeting(String client, String server) {
        return "hello /" + client + ", this is /" + server + "\n";
    }

    @Override
    protected String accessLog() {
        return "com.linecorp.armeria.logging.access";
    }

    @Test
    void shouldCountTheClientsConnection() throws Exception {
        assertCounts(() -> meters.get("armeria.server.connections").gauge().value());
    }
}
