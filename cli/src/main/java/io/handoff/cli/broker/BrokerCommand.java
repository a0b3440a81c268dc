package io.handoff.cli.broker;

import io.handoff.cli.argument.DurationConverter;
import io.handoff.cli.argument.ListenAddressConverter;
import io.handoff.cli.argument.SocketPathConverter;
import io.handoff.cli.config.BrokerConfig;
import io.handoff.cli.config.ConfigException;
import io.handoff.cli.config.ConfigFile;
import io.handoff.cli.report.ReportPrinter;
import io.handoff.cli.service.ReloadSignal;
import io.handoff.cli.service.StopSignal;
import io.handoff.netty.broker.HandoffBroker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Accepts clients and hands them to a backend until it is told to stop. */
@Command(
        name = "broker",
        header = "Accepts clients and hands each to a backend.",
        description = "Either does what a file says (--config), which has listeners, routes, services with several"
                + " backends, and what becomes of clients that none of them takes; SIGHUP makes it read the file again."
                + " Or hands each client to one backend (--listen, --backend, --service): a client that it rejects, or"
                + " cannot be reached for, is served here: it is sent back what it sends.%n"
                + "Each client is handed over with a new token, which comes with its descriptor. Prints where it listens,"
                + " and then what became of each client. Runs until SIGTERM.",
        footerHeading = "%n",
        footer = DurationConverter.HELP,
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {
            "0:stopped by SIGTERM or SIGINT, or nothing is wrong with the file",
            "1:cannot serve",
            "2:wrong usage"
        })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
public final class BrokerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Do what this file says, in YAML; --print-config explains it.")
    private @Nullable Path config;

    @Option(names = "--check", description = "Say what is wrong with the --config file, and end.")
    private boolean check;

    @Option(
            names = "--print-config",
            description = "Print a file that has every setting with its default, explained, and end.")
    private boolean printConfig;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT|PATH",
            converter = ListenAddressConverter.class,
            description =
                    "Where clients connect: a host and a port for TCP (an IPv6 address in brackets; port 0: any free"
                            + " one), or the path of a Unix-domain socket, which has a slash in it.")
    private @Nullable SocketAddress listen;

    @Option(
            names = "--backend",
            paramLabel = "PATH",
            converter = SocketPathConverter.class,
            description = "The backend's handoff socket, a Unix-domain socket.")
    private @Nullable Path backend;

    @Option(
            names = "--service",
            paramLabel = "NAME",
            description = "The service that the clients ask for, as the backend is told.")
    private @Nullable String service;

    @Option(
            names = "--ready-event",
            description = "Send each client one frame when the backend has accepted it (docs/wire.md, section 9).")
    private boolean readyEvent;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Time for one handoff; default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--json", description = "Print each line as a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (printConfig) {
            out.print(ConfigFile.defaults());
            out.flush();
            return CommandLine.ExitCode.OK;
        }
        if (config == null) {
            return runShortForm(shortForm(), ReportPrinter.of(out, json));
        }
        checkThatTheFileSaysAll();
        BrokerConfig settings;
        try {
            settings = ConfigFile.read(config);
        } catch (ConfigException e) {
            e.problems().forEach(spec.commandLine().getErr()::println);
            return CommandLine.ExitCode.SOFTWARE;
        }
        if (check) {
            out.println("nothing is wrong with " + config);
            return CommandLine.ExitCode.OK;
        }
        return run(config, settings, ReportPrinter.of(out, json));
    }

    private int run(Path file, BrokerConfig settings, ReportPrinter printer) throws IOException, InterruptedException {
        EventLoopGroup loops = newLoops(settings.limits().threads());
        ConfiguredBroker broker = new ConfiguredBroker(file, printer, loops);
        // From the first moment on: the signal would else end the process.
        if (!ReloadSignal.runs(broker::reload)) {
            spec.commandLine()
                    .getErr()
                    .println("handoff broker: SIGHUP is ignored, as it was when this process began (nohup): " + file
                            + " will not be read again");
        }
        broker.start(settings);
        StopSignal.closes(broker::stop);
        return awaitTheEnd(loops);
    }

    private int runShortForm(ShortForm form, ReportPrinter printer) throws IOException, InterruptedException {
        EventLoopGroup loops = newLoops(1);
        Broker broker = new Broker(loops, new OpenClients(), ShortForm.audience(printer), form::make);
        Broker.Change change = broker.apply(form.config());
        StopSignal.closes(broker::stop);
        change.opened().forEach(listener -> printer.print(listener.report()));
        return awaitTheEnd(loops);
    }

    private static EventLoopGroup newLoops(int threads) {
        return new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory("handoff-broker"), EpollIoHandler.newFactory());
    }

    private static int awaitTheEnd(EventLoopGroup loops) throws InterruptedException {
        // Nobody shuts the loops down: the process ends in the shutdown hook.
        loops.terminationFuture().sync();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private void checkThatTheFileSaysAll() {
        for (String option : List.of("--listen", "--backend", "--service", "--ready-event", "--timeout")) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw usageError("with --config the file says all; expected no " + option);
            }
        }
    }

    private ShortForm shortForm() {
        if (check) {
            throw usageError("--check needs --config=FILE, the file to check");
        }
        List<String> missing = new ArrayList<>();
        if (listen == null) {
            missing.add("'--listen=HOST:PORT|PATH'");
        }
        if (backend == null) {
            missing.add("'--backend=PATH'");
        }
        if (service == null) {
            missing.add("'--service=NAME'");
        }
        if (listen == null || backend == null || service == null) {
            throw usageError("Missing required option" + (missing.size() == 1 ? ": " : "s: ")
                    + String.join(", ", missing) + "; or --config=FILE instead of all three");
        }
        try {
            HandoffBroker broker = HandoffBroker.builder(backend)
                    .timeout(timeout)
                    .readyEvent(readyEvent)
                    .build();
            return new ShortForm(listen, backend, service, broker, timeout);
        } catch (IllegalArgumentException e) {
            throw usageError(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException usageError(String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
