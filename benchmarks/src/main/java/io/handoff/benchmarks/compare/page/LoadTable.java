package io.handoff.benchmarks.compare.page;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.measure.Comparison;
import io.handoff.benchmarks.compare.measure.Measurement;
import io.handoff.benchmarks.compare.measure.Measurements;
import io.handoff.benchmarks.compare.measure.Spread;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The Markdown table of one comparison.
 *
 * @param comparison what was compared
 * @param measurements of it, and of others
 */
record LoadTable(Comparison comparison, Measurements measurements) {

    String toMarkdown() {
        return """
                | server | per second | ÷ floor in C | ÷ floor on Netty | p50 µs | p90 µs | p99 µs | p99.9 µs | max µs | errors | server CPU µs each | allocated B each | generator CPU |
                |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
                """ + comparison.contenders().stream().map(this::row).collect(Collectors.joining());
    }

    private String row(Contender server) {
        return "| " + server.title()
                + " | " + spread(server, Measurement::perSecond).toText(0)
                + " | " + over(Contender.FLOOR_IN_C, server)
                + " | " + over(Contender.FLOOR, server)
                + " | " + spread(server, Measurement::p50).toText(0)
                + " | " + median(server, measured -> measured.latencyMicros().p90())
                + " | " + spread(server, Measurement::p99).toText(0)
                + " | " + median(server, measured -> measured.latencyMicros().p999())
                + " | " + median(server, measured -> measured.latencyMicros().max())
                + " | " + measurements.errors(comparison, server)
                + " | " + spread(server, Measurement::serverCpuMicros).toText(1)
                + " | "
                + (server.isJvm() ? spread(server, Measurement::allocatedBytes).toText(0) : "–")
                + " | " + percent(spread(server, Measurement::generatorCpuShare)) + " |\n";
    }

    private Spread spread(Contender server, ToDoubleFunction<Measurement> value) {
        return measurements.spread(comparison, server, value);
    }

    private String over(Contender floor, Contender server) {
        return server == floor || !comparison.contenders().contains(floor)
                ? "–"
                : measurements
                        .ratio(comparison, server, floor, Measurement::perSecond)
                        .toText(2);
    }

    private String median(Contender server, ToDoubleFunction<Measurement> value) {
        return String.format(Locale.ROOT, "%,.0f", spread(server, value).median());
    }

    private static String percent(Spread share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share.median());
    }
}
