package io.handoff.examples.springboot;

import io.handoff.examples.harness.ClientsView;
import io.handoff.examples.harness.ServedConnections.Stop;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import io.netty.pkitesting.X509Bundle;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** What the application makes of a client whose connection was handed off. */
class GreetingViewIT extends ClientsView {

    private static final String PASSWORD = "changeit";

    /** What an application has to ask Reactor Netty for. */
    static class LoggedAndCounted {
        @Bean
        NettyServerCustomizer logAndCount() {
            return http -> http.accessLog(true).metrics(true, Function.identity());
        }
    }

    @Override
    protected Stop startServer(Path socket, X509Bundle certificate, Duration idleTimeout) throws Exception {
        Path keys = directory.resolve("keys.p12");
        try (OutputStream out = Files.newOutputStream(keys)) {
            certificate.toKeyStore(PASSWORD.toCharArray()).store(out, PASSWORD.toCharArray());
        }
        ConfigurableApplicationContext context = new SpringApplicationBuilder(
                        GreetingApplication.class, LoggedAndCounted.class)
                .run(
                        "--handoff.backend.socket=" + socket,
                        "--handoff.backend.only=true",
                        "--spring.reactor.netty.shutdown-quiet-period=100ms",
                        "--server.ssl.key-store=" + keys,
                        "--server.ssl.key-store-password=" + PASSWORD,
                        "--server.netty.idle-timeout=" + idleTimeout.toSeconds() + "s");
        return context::close;
    }

    @Override
    protected String greeting(String client, String server) {
        return "Hello " + client + ", handed off for example\n";
    }

    @Override
    protected String accessLog() {
        return "reactor.netty.http.server.AccessLog";
    }

    @Test
    void shouldCountTheClientsConnection() throws Exception {
        assertCounts(() -> Metrics.globalRegistry.find("reactor.netty.http.server.connections.total").gauges().stream()
                .mapToDouble(Gauge::value)
                .sum());
    }
}
