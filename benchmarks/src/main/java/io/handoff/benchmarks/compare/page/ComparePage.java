package io.handoff.benchmarks.compare.page;

import io.handoff.benchmarks.compare.measure.BrokerRounds;
import io.handoff.benchmarks.compare.measure.Comparison;
import io.handoff.benchmarks.compare.measure.IdleMemory;
import io.handoff.benchmarks.compare.measure.Results;
import io.handoff.benchmarks.compare.measure.Settings;
import io.handoff.benchmarks.host.Jvm;
import io.handoff.benchmarks.host.RunConditions;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The page of a comparison, in Markdown.
 *
 * @param results what was measured
 * @param conditions where and how
 * @param settings with how many rounds, and how long
 */
public record ComparePage(Results results, RunConditions conditions, Settings settings) {

    public String toMarkdown() {
        return head() + targets() + load() + growth() + brokers() + calls() + others();
    }

    private String head() {
        return """
                # Comparison of %s

                - Host: %s
                - JVM: %s %s, `%s`
                - %s; crate `running-process` %s
                - Rounds: %d, each with a new process for every server: %s warm-up of a JVM, %s measured
                - Command: `%s`

                A number is the median of the rounds, with the least and the greatest in parentheses. Ratios are taken round by
                round. Each round is in [compare.json](compare.json); [README](../../README.md) says what the servers are.

                """.formatted(
                        conditions.day(),
                        conditions.machine(),
                        System.getProperty("java.vm.name"),
                        System.getProperty("java.vm.version"),
                        String.join(" ", Jvm.FLAGS),
                        RunConditions.libraries(),
                        settings.referenceVersion(),
                        settings.rounds(),
                        Settings.text(settings.warmUp()),
                        Settings.text(settings.duration()),
                        conditions.command());
    }

    private String targets() {
        return "## Targets\n\n" + Target.table(new Targets(results).all()) + "\n";
    }

    private String load() {
        return Comparison.ALL.stream()
                .map(comparison -> """
                        ## %s

                        %s
                        ![Latency by percentile](%s)

                        """.formatted(
                                capitalized(comparison.title()),
                                new LoadTable(comparison, results.load()).toMarkdown(),
                                LatencyPlot.fileName(comparison)))
                .collect(Collectors.joining());
    }

    private static String capitalized(String title) {
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }

    private String growth() {
        return """
                ## Growth, descriptor mode

                %s
                ![Throughput and latency by concurrency](%s)

                """.formatted(new GrowthTable(results.load()).toMarkdown(), GrowthPlot.FILE_NAME);
    }

    private String brokers() {
        return """
                ## Brokers, %d at a time

                | broker | handoffs/s |
                |---|--:|
                %s
                """.formatted(
                        BrokerRounds.CONCURRENCY,
                        BrokerRounds.BROKERS.stream()
                                .map(broker -> "| " + broker.title() + " | "
                                        + results.brokers(broker).toText(0) + " |\n")
                                .collect(Collectors.joining()));
    }

    private String calls() {
        return """
                ## System calls of a handoff

                One at a time, from `accept` until both ends are closed, as `benchmarks/calls` counts them. What no server makes \
                once in twenty handoffs is in the sums only.

                %s
                """.formatted(new CallsTable(results.calls()).toMarkdown());
    }

    private String others() {
        return """
                ## Idle connections

                | %,d of each | heap B each | direct B each |
                |---|--:|--:|
                %s%s%s
                ## Expiry

                While a million expired tokens are cleared away, the longest call takes %s ms; %d repetitions, of which %d had \
                a garbage collection in that time.

                ## Without a socket

                [compare-jmh.md](compare-jmh.md), as JMH made it in [compare-jmh.json](compare-jmh.json).
                """.formatted(
                        settings.idleConnections(),
                        idleRow("control connection", IdleMemory::control),
                        idleRow("adopted connection", IdleMemory::adopted),
                        idleRow("the same as a channel of Netty alone", IdleMemory::nettyOwn),
                        results.longestExpiryMillis().toText(2),
                        results.expiry().size(),
                        results.expiry().stream()
                                .filter(pause -> pause.collectionMillis() > 0)
                                .count());
    }

    private String idleRow(String what, Function<IdleMemory, IdleMemory.PerConnection> kind) {
        ToDoubleFunction<IdleMemory> heap = memory -> kind.apply(memory).heap();
        ToDoubleFunction<IdleMemory> direct = memory -> kind.apply(memory).direct();
        return "| " + what + " | " + results.idle(heap).toText(0) + " | "
                + results.idle(direct).toText(0) + " |\n";
    }
}
