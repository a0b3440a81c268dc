package io.handoff.cli.backend;

import io.handoff.cli.argument.DurationConverter;
import io.handoff.cli.argument.SocketPathConverter;
import io.handoff.cli.argument.TcpAddressConverter;
import io.handoff.cli.report.ReportPrinter;
import io.handoff.cli.service.EchoHandler;
import io.handoff.cli.service.MetricsEndpoint;
import io.handoff.cli.service.MetricsEndpoint.Health;
import io.handoff.cli.service.StopSignal;
import io.handoff.netty.backend.DescriptorPolicy;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.observe.HandoffMeterBinder;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Serves a handoff socket until it is told to stop, prints each decision, and echoes on what it adopts. */
@Command(
        name = "backend",
        header = "Takes over the connections that brokers hand it.",
        description = "Answers offers on a handoff socket, adopts the connections that come with them, and sends back"
                + " what their clients send. Prints where it listens, and then each decision. Runs until SIGTERM.",
        footerHeading = "%n",
        footer = DurationConverter.HELP,
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:stopped by SIGTERM or SIGINT", "1:cannot serve", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
public final class BackendCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--socket",
            required = true,
            paramLabel = "PATH",
            converter = SocketPathConverter.class,
            description = "Where to listen: the path of a Unix-domain socket, of 107 bytes at most.")
    private Path socket;

    @Option(
            names = "--socket-activation",
            description =
                    "Take the socket at PATH from systemd, which has opened it (LISTEN_FDS), rather than make one.")
    private boolean socketActivation;

    @Option(
            names = "--policy",
            paramLabel = "carried|pending|expected",
            description = "Which token an offer has to present. carried: the one that came with its descriptor;"
                    + " pending: any of the --token options; expected: the one --token. Default: carried, and pending"
                    + " with --no-descriptors.")
    private @Nullable TokenPolicy policy;

    @Option(
            names = "--token",
            paramLabel = "HEX",
            description = "A token to register, as 32 hexadecimal digits; may be repeated.")
    private Set<HandoffToken> tokens = new LinkedHashSet<>();

    @Option(
            names = "--no-descriptors",
            description = "Offers come without a descriptor, as framed streams; nothing is adopted.")
    private boolean noDescriptors;

    @Option(
            names = "--max-frame-length",
            paramLabel = "N",
            defaultValue = "65536",
            description = "The largest frame body read, in bytes; default: ${DEFAULT-VALUE}.")
    private int maxFrameLength;

    @Option(
            names = "--offer-timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Time for one offer, to its answer; default: ${DEFAULT-VALUE}.")
    private Duration offerTimeout;

    @Option(
            names = "--token-ttl",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long a token stays pending; default: ${DEFAULT-VALUE}.")
    private Duration tokenTimeToLive;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Event loops, each for brokers' connections and for adopted ones; default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--metrics",
            paramLabel = "HOST:PORT",
            converter = TcpAddressConverter.class,
            description =
                    "Show metrics to Prometheus there, over HTTP, at /metrics, and at /healthz whether this serves. With port 0"
                            + " any free port is taken, and printed.")
    private @Nullable InetSocketAddress metrics;

    private volatile Health health = Health.STARTING;

    @Option(names = "--json", description = "Print each line as a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        checkUsage();
        ReportPrinter printer = ReportPrinter.of(spec.commandLine().getOut(), json);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        // Takes the port, or fails before anything else has begun.
        MetricsEndpoint endpoint = metrics == null ? null : MetricsEndpoint.open(metrics, registry, () -> health);
        HandoffServerBuilder builder = configured().listener(new DecisionPrinter(printer));
        // The same for both: an adopted connection is served where its offer came, and no thread has to wake another.
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory("handoff"), EpollIoHandler.newFactory());
        builder.controlLoops(loops);
        if (noDescriptors) {
            builder.descriptors(DescriptorPolicy.NONE);
        } else {
            builder.adoptInto(loops, EchoHandler.INSTANCE);
        }
        if (socketActivation) {
            builder.socketActivation();
        }
        HandoffServer server = builder.start().sync().getNow();
        health = Health.OK;
        StopSignal.closes(() -> {
            health = Health.STOPPING;
            server.close();
        });
        printer.print(new BackendReport.Listening(socket.toString()));
        if (endpoint != null) {
            new HandoffMeterBinder(server.metrics()).bindTo(registry);
            printer.print(new BackendReport.Metrics(endpoint.url()));
        }
        // Nobody shuts the loops down: the process ends in the shutdown hook.
        loops.terminationFuture().sync();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private TokenPolicy policy() {
        if (policy != null) {
            return policy;
        }
        return noDescriptors ? TokenPolicy.PENDING : TokenPolicy.CARRIED;
    }

    private void checkUsage() {
        if (policy() == TokenPolicy.CARRIED && noDescriptors) {
            throw usageError("--policy carried needs descriptors, which carry the tokens; not --no-descriptors");
        }
        if (policy() == TokenPolicy.CARRIED && !tokens.isEmpty()) {
            throw usageError("--policy carried takes the tokens that come with the descriptors, and no --token;"
                    + " --policy pending or expected takes them");
        }
        if (policy() == TokenPolicy.EXPECTED && tokens.size() != 1) {
            throw usageError("--policy expected needs exactly one --token, not " + tokens.size());
        }
        if (threads < 1) {
            throw usageError("--threads was " + threads + "; expected a positive number");
        }
    }

    private HandoffServerBuilder configured() {
        try {
            return HandoffServer.builder(socket)
                    .expectedTokens(expectedTokens())
                    .maxFrameLength(maxFrameLength)
                    .offerTimeout(offerTimeout)
                    .tokenTimeToLive(tokenTimeToLive)
                    .maxPendingTokens(Math.max(tokens.size(), HandoffTokenStore.DEFAULT_MAX_PENDING))
                    .pendingTokens(tokens);
        } catch (IllegalArgumentException e) {
            throw usageError(String.valueOf(e.getMessage()));
        }
    }

    private ExpectedTokenPolicy expectedTokens() {
        return switch (policy()) {
            case CARRIED -> ExpectedTokenPolicy.carried();
            case PENDING -> ExpectedTokenPolicy.pending();
            case EXPECTED -> ExpectedTokenPolicy.expected(tokens.iterator().next());
        };
    }

    private ParameterException usageError(String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
