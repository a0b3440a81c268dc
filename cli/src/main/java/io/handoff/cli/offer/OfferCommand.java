package io.handoff.cli.offer;

import io.handoff.cli.argument.CorrelationIdConverter;
import io.handoff.cli.argument.DurationConverter;
import io.handoff.cli.argument.SocketPathConverter;
import io.handoff.cli.report.ReportPrinter;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.Offer;
import java.io.IOException;
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
        header = "Makes one offer to a backend and prints its answer.",
        description =
                "With --descriptor, which a backend needs unless it has --no-descriptors, it hands a connection over:"
                        + " one end of a TCP connection over the loopback interface, whose other end it keeps. Once accepted, it"
                        + " sends a line through the end it has kept, and prints whether the line comes back; the exit status is 0"
                        + " in either case.",
        footerHeading = "%n",
        footer = DurationConverter.HELP,
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:the offer was accepted", "1:it was rejected", "2:wrong usage", "3:no answer, or a broken one"
        })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
public final class OfferCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--socket",
            required = true,
            paramLabel = "PATH",
            converter = SocketPathConverter.class,
            description = "The backend's handoff socket, a Unix-domain socket.")
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

    @Option(names = "--descriptor", description = "Bring a connection along, and check it once it is accepted.")
    private boolean descriptor;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Time for the answer, and then for the echo; default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--json", description = "Print the answer as a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Offer offer = Offer.of(token, service, correlationId);
        OfferAnswer answer = descriptor ? offerDescriptor(offer) : offerFrame(offer);
        ReportPrinter.of(spec.commandLine().getOut(), json).print(answer);
        return answer.exitCode();
    }

    private OfferAnswer offerFrame(Offer offer) {
        try (OfferClient client = new OfferClient(socket, timeout)) {
            return client.offer(offer);
        }
    }

    private OfferAnswer offerDescriptor(Offer offer) throws IOException {
        try (DescriptorOffer broker = new DescriptorOffer(socket, timeout)) {
            return broker.offer(offer);
        }
    }
}
