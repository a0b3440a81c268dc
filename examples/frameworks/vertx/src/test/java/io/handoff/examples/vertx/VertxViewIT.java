package io.handoff.examples.vertx;

import io.handoff.examples.harness.ClientsView;
import io.handoff.examples.harness.ServedConnections.Stop;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What Vert.x makes of a client whose connection was handed off. */
class VertxViewIT extends ClientsView {

    private final MeterRegistry meters = new SimpleMeterRegistry();

    @Override
    protected Stop startServer(Path socket, X509Bundle certificate, Duration idleTimeout) {
        SocketAddress handoff = SocketAddress.domainSocketAddress(socket.toString());
        HandoffTransport transport = new HandoffTransport(
                () -> HandoffServer.builder(socket).expectedTokens(ExpectedTokenPolicy.carried()),
                handoff,
                new InetSocketAddress("localhost", 443));
        Vertx vertx = Vertx.builder()
                .with(new VertxOptions().setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true)))
                .withTransport(transport)
                .withMetrics(new MicrometerMetricsFactory(meters))
                .build();
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setKeyValue(Buffer.buffer(certificate.getPrivateKeyPEM()))
                        .setCertValue(Buffer.buffer(certificate.getCertificatePEM())))
                .setLogActivity(true)
                .setIdleTimeout((int) idleTimeout.toSeconds());
        await(vertx.createHttpServer(options)
                .requestHandler(request -> request.response()
                        .end("hello " + request.remoteAddress() + ", this is " + request.localAddress() + "\n"))
                .listen(handoff));
        return () -> {
            transport
                    .server()
                    .orElseThrow()
                    .shutdownGracefully(Duration.ZERO, Duration.ofSeconds(5))
                    .sync();
            await(vertx.close());
        };
    }

    private static void await(Future<?> future) {
        future.toCompletionStage().toCompletableFuture().join();
    }

    @Override
    protected String greeting(String client, String server) {
        return "hello " + client + ", this is " + server + "\n";
    }

    /** Vert.x has no access log of its own but for this. */
    @Override
    protected String accessLog() {
        return "io.netty.handler.logging.LoggingHandler";
    }

    @Test
    void shouldCountTheClientsConnection() throws Exception {
        assertCounts(
                () -> meters.get("vertx.http.server.active.connections").gauge().value());
    }
}
