package io.handoff.benchmarks.compare.page;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.measure.Comparison;
import io.handoff.benchmarks.compare.measure.Measurement;
import io.handoff.benchmarks.compare.measure.Measurements;
import java.util.List;
import java.util.Locale;

/**
 * The Markdown table of what more handoffs at a time do.
 *
 * @param measurements of {@link Comparison#GROWTH}, and of others
 */
record GrowthTable(Measurements measurements) {

    String toMarkdown() {
        StringBuilder table = new StringBuilder("| at a time |");
        StringBuilder line = new StringBuilder("|--:|");
        for (Contender server : servers()) {
            table.append(' ').append(server.title()).append(", handoffs/s | p99 µs |");
            line.append("--:|--:|");
        }
        table.append('\n').append(line).append('\n');
        for (Comparison step : Comparison.GROWTH) {
            table.append(String.format(Locale.ROOT, "| %,d |", step.concurrency()));
            for (Contender server : servers()) {
                table.append(step.contenders().contains(server) ? cells(step, server) : " – | – |");
            }
            table.append('\n');
        }
        return table.toString();
    }

    /** Whom any step has measured. */
    static List<Contender> servers() {
        return Comparison.GROWTH.stream()
                .flatMap(step -> step.contenders().stream())
                .distinct()
                .sorted()
                .toList();
    }

    private String cells(Comparison step, Contender server) {
        return String.format(
                Locale.ROOT,
                " %,.0f | %,.0f |",
                measurements.spread(step, server, Measurement::perSecond).median(),
                measurements.spread(step, server, Measurement::p99).median());
    }
}
