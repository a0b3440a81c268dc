package io.handoff.benchmarks.jmh;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The Markdown table of what JMH measured, with the floor for comparison. */
final class ResultTable {

    private static final String PACKAGE = "io.handoff.benchmarks.jmh.";
    private static final String FLOOR = "RawEcho.echo";
    private static final String COMPARED_WITH_FLOOR = "OfferPipeline.";

    private final List<Row> rows = new ArrayList<>();

    /** Takes the JSON of a run with {@code -prof gc}. */
    ResultTable(JsonNode results) {
        for (JsonNode result : results) {
            rows.add(Row.of(result));
        }
    }

    String toMarkdown() {
        StringBuilder table = new StringBuilder("""
                | benchmark | ns/op | ± (99.9 %) | B/op | time, times RawEcho | bytes, times RawEcho |
                |---|--:|--:|--:|--:|--:|
                """);
        for (Row row : rows) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f | %.0f | %s |%n",
                    row.name,
                    row.nanos,
                    row.error,
                    row.bytes,
                    comparison(row)));
        }
        return table.toString();
    }

    private String comparison(Row row) {
        return rows.stream()
                .filter(floor -> floor.name.equals(FLOOR) && row.name.startsWith(COMPARED_WITH_FLOOR))
                .map(row::over)
                .findFirst()
                .orElse(" | ");
    }

    private record Row(String name, double nanos, double error, double bytes) {

        static Row of(JsonNode result) {
            StringBuilder name =
                    new StringBuilder(result.path("benchmark").asText().replace(PACKAGE, ""));
            result.path("params")
                    .forEachEntry((key, value) ->
                            name.append(", ").append(key).append(' ').append(value.asText()));
            JsonNode time = result.path("primaryMetric");
            JsonNode allocation = result.path("secondaryMetrics").path("gc.alloc.rate.norm");
            return new Row(
                    name.toString(),
                    time.path("score").asDouble(),
                    time.path("scoreError").asDouble(),
                    allocation.path("score").asDouble());
        }

        /** The relative errors of two independent measurements add up by their squares. */
        private String over(Row floor) {
            double ratio = nanos / floor.nanos;
            double ratioError = ratio * Math.hypot(error / nanos, floor.error / floor.nanos);
            return String.format(Locale.ROOT, "%.2f ± %.2f | %.2f", ratio, ratioError, bytes / floor.bytes);
        }
    }
}
