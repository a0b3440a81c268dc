package io.handoff.cli;

import io.handoff.netty.HandoffToken;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The {@code handoff} command itself; its subcommands do the work. */
@Command(
        name = "handoff",
        description = "Hands live client connections from a broker to a backend on the same host.",
        versionProvider = JarVersion.class,
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        subcommands = {
            BackendCommand.class,
            BrokerCommand.class,
            OfferCommand.class,
            DoctorCommand.class,
            DemoCommand.class
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
