package io.handoff.cli.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Where Prometheus can read the metrics of a process, at {@code /metrics}, and where others can ask whether it serves, at {@code
 * /healthz}.
 */
public final class MetricsEndpoint implements AutoCloseable {

    /** Two that scrape, and two that ask for its health. */
    private static final int THREADS = 4;

    private final String host;
    private final HttpServer server;
    private final ExecutorService threads =
            Executors.newFixedThreadPool(THREADS, new DefaultThreadFactory("handoff-metrics", true));

    private MetricsEndpoint(InetSocketAddress address, PrometheusMeterRegistry registry, Supplier<Health> health)
            throws IOException {
        host = address.getHostString();
        server = HttpServer.create(address, 0);
        server.setExecutor(threads);
        server.createContext("/metrics", new MetricsHandler(registry.getPrometheusRegistry()));
        server.createContext("/healthz", exchange -> answer(exchange, health.get()));
        server.start();
    }

    /** Whether a process takes clients. */
    public enum Health {
        STARTING(HttpURLConnection.HTTP_UNAVAILABLE, "starting\n"),
        OK(HttpURLConnection.HTTP_OK, "ok\n"),
        STOPPING(HttpURLConnection.HTTP_UNAVAILABLE, "stopping\n");

        private final int status;
        private final String text;

        Health(int status, String text) {
            this.status = status;
            this.text = text;
        }
    }

    /**
     * Answers from now on.
     *
     * @throws IOException naming the address and what is wrong
     */
    public static MetricsEndpoint open(
            InetSocketAddress address, PrometheusMeterRegistry registry, Supplier<Health> health) throws IOException {
        try {
            return new MetricsEndpoint(address, registry, health);
        } catch (IOException e) {
            throw new IOException(
                    "cannot show metrics on " + address.getHostString() + ":" + address.getPort() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static void answer(HttpExchange exchange, Health health) throws IOException {
        try (exchange) {
            byte[] body = health.text.getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=us-ascii");
            exchange.sendResponseHeaders(health.status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** Where the metrics are. */
    public String url() {
        String literal = host.contains(":") ? "[" + host + "]" : host;
        return "http://" + literal + ":" + server.getAddress().getPort() + "/metrics";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
