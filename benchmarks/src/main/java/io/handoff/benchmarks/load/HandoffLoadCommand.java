package io.handoff.benchmarks.load;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The {@code handoff-load} command. */
@Command(
        name = "handoff-load",
        description = "Puts a handoff socket under load in a closed loop, and prints throughput and latencies.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:every exchange went as it should", "1:there were errors", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
public final class HandoffLoadCommand implements Callable<Integer> {

    private static final int DEFAULT_CONCURRENCY = 64;

    @Spec
    private CommandSpec spec;

    @Option(names = "--socket", required = true, paramLabel = "PATH", description = "The socket to connect to.")
    private Path socket;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "descriptor",
            description = "descriptor: hand over one end of a socket pair, then have a text echoed through the other;"
                    + " broker: the same with this library's broker;"
                    + " fresh: one offer without descriptor on each connection; pipelined: such offers on connections"
                    + " that stay open; reconnect: connect to an echo server, no handoff. Default: ${DEFAULT-VALUE}.")
    private LoadMode mode;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "How many to do at a time; default: " + DEFAULT_CONCURRENCY + ", 1 if pipelined.")
    private @Nullable Integer concurrency;

    @Option(
            names = "--depth",
            paramLabel = "N",
            defaultValue = "64",
            description = "Pipelined: offers outstanding on each connection; default: ${DEFAULT-VALUE}.")
    private int depth;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "How long to measure; default: ${DEFAULT-VALUE}.")
    private Duration duration;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "How long to run before that; default: ${DEFAULT-VALUE}.")
    private Duration warmUp;

    @Option(
            names = "--any-echo",
            description =
                    "Compare the length and the header of each ACK only, for a server that always sends the same.")
    private boolean anyEcho;

    @Option(names = "--json", description = "Print the result as a JSON object.")
    private boolean json;

    /**
     * Runs the command and exits with its status.
     *
     * @param args its options
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new HandoffLoadCommand())
                .registerConverter(Duration.class, new DurationConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(HandoffLoadCommand::explain);
    }

    /** Of what goes wrong outside this program the message says enough; anything else is a bug and shows its trace. */
    private static int explain(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        if (failure instanceof NoSuchFileException missing) {
            command.getErr().println("handoff-load: " + missing.getFile() + ": " + missing.getReason());
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw failure;
    }

    @Override
    public Integer call() throws IOException {
        LoadResult result = LoadGenerator.run(plan(), this::print);
        LoadReport report = LoadReport.of(result);
        spec.commandLine().getOut().print(json ? report.toJson() + System.lineSeparator() : report.toText());
        spec.commandLine().getOut().flush();
        return result.errors().isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private LoadPlan plan() {
        int effectiveConcurrency =
                concurrency != null ? concurrency : mode == LoadMode.PIPELINED ? 1 : DEFAULT_CONCURRENCY;
        try {
            return new LoadPlan(socket, mode, effectiveConcurrency, depth, warmUp, duration, anyEcho);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    private void print(LoadProgress progress) {
        spec.commandLine()
                .getErr()
                .println(String.format(
                        Locale.ROOT,
                        "%3d s %s %.0f/s, %d errors",
                        progress.elapsed().toSeconds(),
                        progress.isWarmUp() ? "warm-up " : "measured",
                        progress.perSecond(),
                        progress.errors()));
    }
}
