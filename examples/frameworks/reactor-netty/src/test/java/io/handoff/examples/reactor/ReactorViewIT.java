package io.handoff.examples.reactor;

import io.handoff.examples.harness.ClientsView;
import io.handoff.examples.harness.ServedConnections.Stop;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.X509Bundle;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.tcp.SslProvider;

/** What Reactor Netty makes of a client whose connection was handed off. */
class ReactorViewIT extends ClientsView {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeEach
    void measure() {
        Metrics.addRegistry(meters);
    }

    @AfterEach
    void measureNoMore() {
        Metrics.removeRegistry(meters);
    }

    @Override
    protected Stop startServer(Path socket, X509Bundle certificate, Duration idleTimeout) {
        SslProvider.GenericSslContextSpec<?> context =
                Http11SslContextSpec.forServer(certificate.getKeyPair().getPrivate(), certificate.getCertificate());
        ReactorServer server = new ReactorServer(
                socket,
                new InetSocketAddress("localhost", 443),
                http -> http.protocol(HttpProtocol.HTTP11)
                        .secure(tls -> tls.sslContext(context))
                        .idleTimeout(idleTimeout)
                        .accessLog(true)
                        .metrics(true, Function.identity()));
        return () -> server.stop(Duration.ZERO);
    }

    @Override
    protected String greeting(String client, String server) {
        return "hello /" + client + ", this is /" + server + "\n";
    }

    @Override
    protected String accessLog() {
        return "reactor.netty.http.server.AccessLog";
    }

    @Test
    void shouldCountTheClientsConnection() throws Exception {
        assertCounts(() -> meters.find("reactor.netty.http.server.connections.total").gauges().stream()
                .mapToDouble(Gauge::value)
                .sum());
    }
}
