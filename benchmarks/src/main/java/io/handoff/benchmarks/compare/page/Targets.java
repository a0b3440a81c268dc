package io.handoff.benchmarks.compare.page;

import static io.handoff.benchmarks.compare.contender.Contender.FLOOR;
import static io.handoff.benchmarks.compare.contender.Contender.OURS;
import static io.handoff.benchmarks.compare.contender.Contender.REFERENCE;
import static io.handoff.benchmarks.compare.measure.Comparison.DESCRIPTOR_1;
import static io.handoff.benchmarks.compare.measure.Comparison.DESCRIPTOR_64;
import static io.handoff.benchmarks.compare.measure.Comparison.PIPELINED_64;

import io.handoff.benchmarks.compare.measure.Measurement;
import io.handoff.benchmarks.compare.measure.Measurements;
import io.handoff.benchmarks.compare.measure.MicroBenchmarks;
import io.handoff.benchmarks.compare.measure.Results;
import io.handoff.benchmarks.compare.measure.Spread;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this library is to reach, held against what was measured.
 *
 * @param results what was measured
 */
record Targets(Results results) {

    List<Target> all() {
        return Stream.of(withoutSocket(), underLoad(), memory())
                .flatMap(List::stream)
                .toList();
    }

    private List<Target> withoutSocket() {
        MicroBenchmarks jmh = results.jmh();
        return List.of(
                Target.atMost(
                        2.5,
                        "`OfferPipeline` accepted, time for an offer ÷ `RawEcho`",
                        Quantity.ratio(jmh.times(MicroBenchmarks.ACCEPTED, MicroBenchmarks.RAW_ECHO, (a, b) -> a / b))),
                Target.atMost(
                        400,
                        "`OfferPipeline` accepted, allocated for an offer beyond `RawEcho`",
                        new Quantity(
                                jmh.allocations(MicroBenchmarks.ACCEPTED, MicroBenchmarks.RAW_ECHO, (a, b) -> a - b),
                                "B",
                                0)),
                Target.atMost(
                        3,
                        "`TokenStore` consume and issue, 1,000,000 pending ÷ 1,000",
                        Quantity.ratio(jmh.times(
                                MicroBenchmarks.CONSUME_AND_ISSUE + " 1000000",
                                MicroBenchmarks.CONSUME_AND_ISSUE + " 1000",
                                (a, b) -> a / b))),
                Target.neverAbove(
                        10,
                        "`HandoffTokenStore`, a million tokens expire: longest call",
                        new Quantity(results.longestExpiryMillis(), "ms", 2)));
    }

    private List<Target> underLoad() {
        Measurements load = results.load();
        return List.of(
                Target.atLeast(
                        0.8,
                        "descriptor, 64 at a time, handoffs/s ÷ floor",
                        Quantity.ratio(load.ratio(DESCRIPTOR_64, OURS, FLOOR, Measurement::perSecond))),
                Target.atLeast(
                        1.5,
                        "descriptor, 64 at a time, handoffs/s ÷ reference",
                        Quantity.ratio(load.ratio(DESCRIPTOR_64, OURS, REFERENCE, Measurement::perSecond))),
                Target.atMost(
                        1,
                        "descriptor, 64 at a time, p99 ÷ reference",
                        Quantity.ratio(load.ratio(DESCRIPTOR_64, OURS, REFERENCE, Measurement::p99))),
                Target.atMost(
                        1.2,
                        "descriptor, one at a time, p50 ÷ floor",
                        Quantity.ratio(load.ratio(DESCRIPTOR_1, OURS, FLOOR, Measurement::p50))),
                Target.atLeast(
                        0.7,
                        "pipelined, 64 outstanding, offers/s ÷ floor",
                        Quantity.ratio(load.ratio(PIPELINED_64, OURS, FLOOR, Measurement::perSecond))));
    }

    private List<Target> memory() {
        return List.of(
                Target.atMost(
                        8,
                        "an idle control connection, heap + direct",
                        kibibytes(results.idle(memory -> memory.control().total()))),
                Target.atMost(
                        1,
                        "an idle adopted connection, heap + direct beyond Netty's own",
                        kibibytes(results.idle(memory ->
                                memory.adopted().total() - memory.nettyOwn().total()))));
    }

    private static Quantity kibibytes(Spread bytes) {
        return new Quantity(bytes.dividedBy(1024), "KiB", 2);
    }
}
