package io.handoff.cli;

import io.handoff.netty.HandoffMeterBinder;
import io.handoff.netty.HandoffMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Where Prometheus can read the metrics of a server; open until the process ends. */
final class MetricsEndpoint {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final String host;
    private final HTTPServer server;

    private MetricsEndpoint(InetSocketAddress address) throws IOException {
        host = address.getHostString();
        server = HTTPServer.builder()
                .inetAddress(address.getAddress())
                .port(address.getPort())
                .registry(registry.getPrometheusRegistry())
                .buildAndStart();
    }

    /** Takes the port, or fails before anything else has begun. */
    static MetricsEndpoint open(InetSocketAddress address) throws IOException {
        try {
            return new MetricsEndpoint(address);
        } catch (IOException e) {
            throw new IOException(
                    "cannot show metrics on " + address.getHostString() + ":" + address.getPort() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** Shows the metrics of a server from now on. */
    void show(HandoffMetrics metrics) {
        new HandoffMeterBinder(metrics).bindTo(registry);
    }

    String url() {
        String literal = host.contains(":") ? "[" + host + "]" : host;
        return "http://" + literal + ":" + server.getPort() + "/metrics";
    }
}
