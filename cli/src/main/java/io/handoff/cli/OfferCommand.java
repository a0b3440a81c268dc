package io.handoff.cli;

import io.handoff.netty.HandoffToken;
import io.handoff.netty.Offer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes one offer, as a broker does, and prints the answer. */
@Command(
        name = "offer",
        description = "Makes one offer to a backend and prints its answer.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:the offer was accepted", "1:it was rejected", "2:wrong usage", "3:no answer, or a broken one"
        })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class OfferCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--socket", required = true, paramLabel = "PATH", description = "The backend's handoff socket.")
    private Path socket;

    @Option(
            names = "--token",
            required = true,
            paramLabel = "HEX",
            description = "The token to present, as 32 hexadecimal digits.")
    private HandoffToken token;

    @Option(
            names = "--service",
            paramLabel = "NAME",
            defaultValue = "handoff",
            description = "The service that the client asked for; default: ${DEFAULT-VALUE}.")
    private String service;

    @Option(
            names = "--correlation-id",
            paramLabel = "N",
            defaultValue = "1",
            converter = CorrelationIdConverter.class,
            description = "Unsigned 64-bit number that the answer repeats; default: ${DEFAULT-VALUE}.")
    private long correlationId;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Time for the answer; default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--json", description = "Print the answer as a JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        try (OfferClient client = new OfferClient(socket, timeout)) {
            OfferAnswer answer = client.offer(Offer.of(token, service, correlationId));
            ReportPrinter.of(spec.commandLine().getOut(), json).print(answer);
            return answer.exitCode();
        }
    }
}
