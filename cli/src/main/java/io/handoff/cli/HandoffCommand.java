package io.handoff.cli;

import io.handoff.cli.argument.DurationConverter;
import io.handoff.cli.argument.TokenConverter;
import io.handoff.cli.backend.BackendCommand;
import io.handoff.cli.broker.BrokerCommand;
import io.handoff.cli.demo.DemoCommand;
import io.handoff.cli.doctor.DoctorCommand;
import io.handoff.cli.offer.OfferCommand;
import io.handoff.netty.token.HandoffToken;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The {@code handoff} command itself; its subcommands do the work. */
@Command(
        name = "handoff",
        description = "Hands live client connections from a broker to a backend on the same host.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {
            "0:all is well, the offer was accepted, or SIGTERM has stopped the service",
            "1:something is not, or the offer was rejected",
            "2:wrong usage",
            "3:no answer to the offer, or a broken one",
            "70:./handoff has found no Java, or could not build the command"
        },
        footerHeading = "%n",
        footer = "Try 'handoff help COMMAND' for its options.",
        versionProvider = JarVersion.class,
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        subcommands = {
            BackendCommand.class,
            BrokerCommand.class,
            OfferCommand.class,
            DoctorCommand.class,
            DemoCommand.class,
            CommandLine.HelpCommand.class
        })
final class HandoffCommand {

    private HandoffCommand() {}

    /**
     * Runs the command and exits with its status.
     *
     * @param args a subcommand and its options
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new HandoffCommand())
                .registerConverter(Duration.class, new DurationConverter())
                .registerConverter(HandoffToken.class, new TokenConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new UsageErrorHandler())
                .setExecutionExceptionHandler(HandoffCommand::explain);
    }

    /** Of what goes wrong outside this program the message says enough; anything else is a bug and shows its trace. */
    private static int explain(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        if (failure instanceof IOException || failure instanceof UnsupportedOperationException) {
            command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + failure.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw failure;
    }
}
