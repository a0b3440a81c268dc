package io.handoff.benchmarks.compare;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.compare.contender.ServerCommands;
import io.handoff.benchmarks.compare.measure.BrokerRounds;
import io.handoff.benchmarks.compare.measure.Comparison;
import io.handoff.benchmarks.compare.measure.ExpiryPause;
import io.handoff.benchmarks.compare.measure.IdleMemory;
import io.handoff.benchmarks.compare.measure.LoadRounds;
import io.handoff.benchmarks.compare.measure.Measurements;
import io.handoff.benchmarks.compare.measure.MicroBenchmarks;
import io.handoff.benchmarks.compare.measure.Results;
import io.handoff.benchmarks.compare.measure.Settings;
import io.handoff.benchmarks.compare.measure.SystemCalls;
import io.handoff.benchmarks.compare.page.ComparePage;
import io.handoff.benchmarks.compare.page.GrowthPlot;
import io.handoff.benchmarks.compare.page.LatencyPlot;
import io.handoff.benchmarks.host.Host;
import io.handoff.benchmarks.host.RunConditions;
import io.handoff.benchmarks.jmh.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures everything of which there is a target, and writes the page about it. */
@Command(
        name = "benchmarks/compare",
        mixinStandardHelpOptions = true,
        description = "Puts this library, the reference and a floor under the same load, and measures what else there"
                + " are targets for.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:measured", "1:a measurement met errors, which are named", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class CompareCommand implements Callable<Integer> {

    private static final int IDLE_CONNECTIONS = 10_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "6s",
            description = "Load of a JVM before it is measured; default: ${DEFAULT-VALUE}.")
    private Duration warmUp;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "3s",
            description = "Of each measurement, such as 5s or 0.5s; default: ${DEFAULT-VALUE}.")
    private Duration duration;

    @Option(
            names = "--forks",
            paramLabel = "N",
            defaultValue = "3",
            description = "JVMs for each JMH benchmark; default: ${DEFAULT-VALUE}.")
    private int forks;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "benchmarks/results",
            description = "Where a directory for the results is made; default: ${DEFAULT-VALUE}.")
    private Path output;

    /** Runs the command and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new CompareCommand())
                .registerConverter(Duration.class, text -> Duration.parse("PT" + text))
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, RunnerException {
        Settings settings =
                new Settings(rounds, warmUp, duration, forks, IDLE_CONNECTIONS, property("handoff.reference.version"));
        String loadBefore = Host.loadAverage();
        Results results = measure(settings);
        RunConditions conditions =
                RunConditions.now(loadBefore + " before, " + Host.loadAverage() + " after", commandLine());
        Path directory = Files.createDirectories(conditions.directory(output));
        boolean hasErrors = reportErrors(results);
        write(results, conditions, settings, directory);
        System.out.println(directory);
        return hasErrors ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private static Results measure(Settings settings) throws IOException, RunnerException {
        ServerCommands commands =
                new ServerCommands(Path.of(property("handoff.reference.peer")), Path.of(property("handoff.floor")));
        SystemCalls calls = SystemCalls.read(Path.of(property("handoff.calls")));
        MicroBenchmarks jmh = MicroBenchmarks.run(settings.forks());
        LoadRounds load = new LoadRounds(commands, settings.warmUp(), settings.duration(), System.err);
        BrokerRounds brokers = new BrokerRounds(commands, settings.warmUp(), settings.duration(), System.err);
        return new Results(
                new Measurements(load.run(Comparison.ALL, settings.rounds())),
                brokers.run(settings.rounds()),
                idleMemory(settings),
                ExpiryPause.inOwnJvm(),
                calls,
                jmh);
    }

    private static List<IdleMemory> idleMemory(Settings settings) throws IOException {
        List<IdleMemory> rounds = new ArrayList<>();
        for (int round = 0; round < settings.rounds(); round++) {
            rounds.add(IdleMemory.measure(settings.idleConnections()));
        }
        return rounds;
    }

    private static void write(Results results, RunConditions conditions, Settings settings, Path directory)
            throws IOException {
        Report.write(results.jmh().results(), conditions, directory, "compare-jmh");
        new JsonMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(directory.resolve("compare.json").toFile(), results);
        Files.writeString(directory.resolve("compare.md"), new ComparePage(results, conditions, settings).toMarkdown());
        for (Comparison comparison : Comparison.ALL) {
            LatencyPlot.save(comparison, results.load(), directory);
        }
        GrowthPlot.save(results.load(), directory);
    }

    /** Says which measurements met errors; whether any did. */
    private static boolean reportErrors(Results results) {
        List<String> errors = results.errors();
        errors.forEach(System.err::println);
        return !errors.isEmpty();
    }

    /** As it was typed, without the place on this machine. */
    private String commandLine() {
        return Stream.concat(
                        Stream.of(spec.name()),
                        spec.commandLine().getParseResult().matchedOptions().stream()
                                .filter(option -> !option.longestName().equals("--output"))
                                .flatMap(option -> Stream.of(
                                        option.longestName(),
                                        option.originalStringValues().get(0))))
                .collect(Collectors.joining(" "));
    }

    /** What the script has set. */
    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name + "; run benchmarks/compare");
    }
}
