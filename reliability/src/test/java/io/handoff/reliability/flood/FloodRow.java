package io.handoff.reliability.flood;

import io.handoff.benchmarks.load.LoadResult;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.reliability.BackendCounts;
import io.handoff.reliability.BackendMemory;
import java.util.Locale;

/**
 * What one flood did.
 *
 * @param kind what its connections did
 * @param before what the good brokers completed before it
 * @param beside what they completed while it came and stood
 * @param slowest the second of that in which they completed least
 * @param after what they completed when it was over
 * @param memory of the backend while the flood stood
 * @param bound of that memory
 * @param flooded how it went for the flood
 * @param counts of the backend in the end
 */
record FloodRow(
        FloodKind kind,
        LoadResult before,
        LoadResult beside,
        SlowestSecond slowest,
        LoadResult after,
        BackendMemory memory,
        FloodBound bound,
        Flood.Result flooded,
        BackendCounts counts) {

    static final String HEADER = """
            | each bad connection | before /s | beside /s | after /s | kept | slowest second /s | heap MiB | bound | direct peak MiB | bound | last gone after s | counted as |
            |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|
            """;

    /** Of the better of the rates before and after. */
    double keptRate() {
        return beside.perSecond() / Math.max(before.perSecond(), after.perSecond());
    }

    /** The connections that were ended for what they did. */
    long refused() {
        return counts.refused(Kind.DEADLINE_EXCEEDED) + counts.refused(Kind.FRAME_BUDGET_EXCEEDED);
    }

    String toMarkdown() {
        return String.format(
                Locale.ROOT,
                "| %s | %.0f | %.0f | %.0f | %.2f | %.0f | %.0f | %.0f | %.0f | %.0f | %.1f | %s |%n",
                kind.description(),
                before.perSecond(),
                beside.perSecond(),
                after.perSecond(),
                keptRate(),
                slowest.perSecond(),
                FloodBound.mib(memory.heap()),
                FloodBound.mib(bound.heap()),
                FloodBound.mib(memory.directPeak()),
                FloodBound.mib(bound.direct()),
                flooded.lastGone().toMillis() / 1000.0,
                countedAs());
    }

    private String countedAs() {
        StringBuilder counted = new StringBuilder();
        counts.refused()
                .forEach((reason, count) -> counted.append(counted.isEmpty() ? "" : ", ")
                        .append(count)
                        .append(' ')
                        .append(reason));
        return counted.toString();
    }
}
