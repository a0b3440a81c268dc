package io.handoff.cli.broker;

import io.handoff.cli.broker.BrokerReport.ReloadRefused;
import io.handoff.cli.config.BrokerConfig;
import io.handoff.cli.config.ConfigException;
import io.handoff.cli.config.ConfigFile;
import io.handoff.cli.report.ReportPrinter;
import io.handoff.cli.service.MetricsEndpoint;
import io.handoff.cli.service.MetricsEndpoint.Health;
import io.handoff.netty.broker.HandoffOutcome;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A broker that does what a file says, which may be read again while it runs. Thread-safe. */
final class ConfiguredBroker implements ClientSession.Audience {

    private final Path file;
    private final ReportPrinter printer;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final BrokerMeters meters;
    private final Broker broker;
    private volatile Health health = Health.STARTING;

    private @Nullable InetSocketAddress metricsAddress;
    private @Nullable MetricsEndpoint metrics;

    ConfiguredBroker(Path file, ReportPrinter printer, EventLoopGroup loops) {
        this.file = file;
        this.printer = printer;
        OpenClients clients = new OpenClients();
        this.meters = new BrokerMeters(registry, clients);
        this.broker = new Broker(loops, clients, this, (name, config, all) -> Service.of(name, config, all.limits()));
    }

    /**
     * Begins.
     *
     * @throws IOException saying what of the settings cannot be done here
     */
    synchronized void start(BrokerConfig config) throws IOException {
        apply(config);
        health = Health.OK;
    }

    /** Reads the file again; if it cannot be done what that says, all stays as it was. */
    synchronized void reload() {
        try {
            apply(ConfigFile.read(file));
            meters.reloaded(true);
            printer.print(new BrokerReport.Reloaded(file.toString()));
        } catch (ConfigException e) {
            refuse(e.problems());
        } catch (IOException | RuntimeException e) {
            refuse(List.of(String.valueOf(e.getMessage())));
        }
    }

    private void refuse(List<String> problems) {
        meters.reloaded(false);
        printer.print(new ReloadRefused(problems));
    }

    private void apply(BrokerConfig config) throws IOException {
        MetricsEndpoint before = metrics;
        boolean isSame = Objects.equals(config.metrics(), metricsAddress);
        MetricsEndpoint next = isSame || config.metrics() == null
                ? null
                : MetricsEndpoint.open(config.metrics(), registry, () -> health);
        Broker.Change change;
        try {
            change = broker.apply(config);
        } catch (IOException | RuntimeException e) {
            if (next != null) {
                next.close();
            }
            throw e;
        }
        change.ended().forEach(meters::forget);
        change.begun().forEach(meters::show);
        change.opened().forEach(listener -> printer.print(listener.report()));
        change.closed()
                .forEach(listener ->
                        printer.print(new BrokerReport.Closed(listener.report().address())));
        if (!isSame) {
            if (before != null) {
                before.close();
            }
            metrics = next;
            metricsAddress = config.metrics();
            if (next != null) {
                printer.print(new BrokerReport.Metrics(next.url()));
            }
        }
    }

    @Override
    public void looked(long nanos) {
        meters.looked(nanos);
    }

    @Override
    public void ended(ClientReport report, @Nullable HandoffOutcome lastOutcome) {
        meters.ended(report);
        printer.print(report);
    }

    /** Accepts no more, and lets those who are there come to their end. */
    void stop() throws InterruptedException {
        health = Health.STOPPING;
        broker.stop();
    }
}
