package io.handoff.benchmarks.compare.page;

import io.handoff.benchmarks.compare.measure.SystemCalls;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The Markdown table of the system calls for a handoff.
 *
 * @param calls what was counted
 */
record CallsTable(SystemCalls calls) {

    /** What is made less often is of the process, and not of a handoff. */
    private static final double LEAST = 0.05;

    String toMarkdown() {
        List<String> servers = calls.servers();
        return "| call | " + String.join(" | ", servers) + " |\n"
                + "|---|" + "--:|".repeat(servers.size()) + "\n"
                + row("all", calls::total)
                + names().stream()
                        .map(call -> row("`" + call + "`", server -> calls.of(server, call)))
                        .collect(Collectors.joining());
    }

    /** Those that any server makes for a handoff, the most frequent first. */
    private List<String> names() {
        return calls.byServer().values().stream()
                .map(Map::keySet)
                .flatMap(Collection::stream)
                .distinct()
                .filter(call -> most(call) >= LEAST)
                .sorted(Comparator.comparingDouble(this::most).reversed().thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private double most(String call) {
        return calls.servers().stream()
                .mapToDouble(server -> calls.of(server, call))
                .max()
                .orElseThrow();
    }

    private String row(String what, ToDoubleFunction<String> count) {
        return calls.servers().stream()
                .map(server -> cell(count.applyAsDouble(server)))
                .collect(Collectors.joining(" | ", "| " + what + " | ", " |\n"));
    }

    private static String cell(double count) {
        return count == 0 ? "–" : String.format(Locale.ROOT, "%.2f", count);
    }
}
