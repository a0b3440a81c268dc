package io.handoff.benchmarks.proxy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.compare.measure.Settings;
import io.handoff.benchmarks.host.Host;
import io.handoff.benchmarks.host.RunConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures a handoff beside a proxy and a direct connection, and writes the page about it. */
@Command(
        name = "benchmarks/proxy",
        mixinStandardHelpOptions = true,
        description =
                "Puts a server under the same load directly, through HAProxy in TCP mode, and behind a broker that hands"
                        + " its clients off.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:measured", "1:a measurement met errors, which are counted on the page", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ProxyCommand implements Callable<Integer> {

    private static final List<Integer> CLIENTS = List.of(1, 64, 1000);
    private static final int IDLE_CONNECTIONS = 1000;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "8s",
            description = "Load on new processes before they are measured; default: ${DEFAULT-VALUE}.")
    private Duration warmUp;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "2.5s",
            description = "Of each measurement, such as 5s or 0.5s; default: ${DEFAULT-VALUE}.")
    private Duration duration;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "benchmarks/results",
            description = "Where a directory for the results is made; default: ${DEFAULT-VALUE}.")
    private Path output;

    /** Runs the command and exits with its status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ProxyCommand())
                .registerConverter(Duration.class, text -> Duration.parse("PT" + text))
                .execute(args));
    }

    @Override
    public Integer call() throws IOException {
        String haproxy = Haproxy.version();
        String loadBefore = Host.loadAverage();
        ProxyRounds measured =
                new ProxyRounds(List.of(Way.values()), CLIENTS, warmUp, duration, IDLE_CONNECTIONS, System.err);
        ProxyResults results = measured.run(rounds);
        RunConditions conditions = RunConditions.now(
                loadBefore + " before, " + Host.loadAverage() + " after",
                "benchmarks/proxy --rounds %d --warm-up %s --duration %s"
                        .formatted(rounds, typed(warmUp), typed(duration)));
        Path directory = Files.createDirectories(conditions.directory(output));
        new JsonMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(directory.resolve("proxy.json").toFile(), results);
        Path page = directory.resolve("proxy.md");
        Files.writeString(page, new ProxyPage(results, conditions, haproxy, measured, rounds).toMarkdown());
        System.out.println(page);
        return results.hasNoErrors() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** As an option has it. */
    private static String typed(Duration duration) {
        return Settings.text(duration).replace(" ", "");
    }
}
