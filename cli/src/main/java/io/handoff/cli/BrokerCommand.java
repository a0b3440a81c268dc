package io.handoff.cli;

import io.handoff.netty.HandoffBroker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Accepts clients and hands them to a backend until it is told to stop. */
@Command(
        name = "broker",
        description = "Accepts clients and hands each to a backend, with a new token that comes with its descriptor."
                + " Prints what became of each. Serves a client itself, by sending back what it sends, if the backend"
                + " rejects it or cannot be reached. Until SIGTERM.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:stopped by SIGTERM or SIGINT", "1:cannot serve", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class BrokerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--listen",
            required = true,
            paramLabel = "HOST:PORT|PATH",
            converter = ListenAddressConverter.class,
            description = "Where clients connect, over TCP (port 0: any free one) or a Unix-domain socket.")
    private SocketAddress listen;

    @Option(names = "--backend", required = true, paramLabel = "PATH", description = "The backend's handoff socket.")
    private Path backend;

    @Option(
            names = "--service",
            required = true,
            paramLabel = "NAME",
            description = "The service that the clients ask for, as the backend is told.")
    private String service;

    @Option(
            names = "--ready-event",
            description = "Send each client one frame when the backend has accepted it (WIRE §9).")
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
        ReportPrinter printer = ReportPrinter.of(spec.commandLine().getOut(), json);
        ClientHandler clients = new ClientHandler(newBroker(), service, printer);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("handoff-broker"), EpollIoHandler.newFactory());
        ClientListener listener = ClientListener.open(listen, loops, clients, EchoHandler.INSTANCE);
        StopSignal.closes(() -> {
            listener.close();
            // Their own deadlines come first.
            clients.awaitOutcomes(timeout.plusSeconds(1));
        });
        printer.print(new BrokerReport.Listening(listener.address()));
        // Nobody shuts the loops down: the process ends in the shutdown hook.
        loops.terminationFuture().sync();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private HandoffBroker newBroker() {
        try {
            return HandoffBroker.builder(backend)
                    .timeout(timeout)
                    .readyEvent(readyEvent)
                    .build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }
}
