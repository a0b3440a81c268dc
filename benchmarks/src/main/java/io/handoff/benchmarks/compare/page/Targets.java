package io.handoff.benchmarks.compare.page;

import static io.handoff.benchmarks.compare.contender.Contender.FLOOR;
import static io.handoff.benchmarks.compare.contender.Contender.FLOOR_IN_C;
import static io.handoff.benchmarks.compare.contender.Contender.OURS;
import static io.handoff.benchmarks.compare.contender.Contender.OURS_TWO_LOOPS;
import static io.handoff.benchmarks.compare.contender.Contender.REFERENCE;
import static io.handoff.benchmarks.compare.measure.Comparison.DESCRIPTOR_1;
import static io.handoff.benchmarks.compare.measure.Comparison.DESCRIPTOR_1024;
import static io.handoff.benchmarks.compare.measure.Comparison.DESCRIPTOR_256;
import static io.handoff.benchmarks.compare.measure.Comparison.DESCRIPTOR_64;
import static io.handoff.benchmarks.compare.measure.Comparison.PIPELINED_64;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.measure.Comparison;
import io.handoff.benchmarks.compare.measure.Measurement;
import io.handoff.benchmarks.compare.measure.MicroBenchmarks;
import io.handoff.benchmarks.compare.measure.Results;
import io.handoff.benchmarks.compare.measure.Spread;
import io.handoff.benchmarks.compare.measure.SystemCalls;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * What this library is to reach, held against what was measured.
 *
 * @param results what was measured
 */
record Targets(Results results) {

    /** At that commit its server was measured under the same load, in the same way: 8,380 B. */
    private static final double HALF_OF_EARLIER_BYTES = 4190;

    List<Target> all() {
        return Stream.of(overFloorInC(), alone(), overOthers(), withoutSocket(), memory())
                .flatMap(List::stream)
                .toList();
    }

    private List<Target> overFloorInC() {
        return List.of(
                Target.atLeast(0.85, "descriptor, 64 at a time, handoffs/s ÷ floor in C", perSecond(DESCRIPTOR_64)),
                Target.atMost(
                        1.25,
                        "descriptor, one at a time, p50 ÷ floor in C",
                        ratio(DESCRIPTOR_1, OURS, FLOOR_IN_C, Measurement::p50)),
                Target.atLeast(0.85, "descriptor, 256 at a time, handoffs/s ÷ floor in C", perSecond(DESCRIPTOR_256)),
                Target.atMost(1.3, "descriptor, 256 at a time, p99 ÷ floor in C", p99(DESCRIPTOR_256)),
                Target.atLeast(
                        0.85, "descriptor, 1,024 at a time, handoffs/s ÷ floor in C", perSecond(DESCRIPTOR_1024)),
                Target.atMost(1.3, "descriptor, 1,024 at a time, p99 ÷ floor in C", p99(DESCRIPTOR_1024)),
                Target.atLeast(0.6, "pipelined, 64 outstanding, offers/s ÷ floor in C", perSecond(PIPELINED_64)));
    }

    private Quantity perSecond(Comparison comparison) {
        return ratio(comparison, OURS, FLOOR_IN_C, Measurement::perSecond);
    }

    private Quantity p99(Comparison comparison) {
        return ratio(comparison, OURS, FLOOR_IN_C, Measurement::p99);
    }

    private Quantity ratio(
            Comparison comparison, Contender server, Contender divisor, ToDoubleFunction<Measurement> value) {
        return Quantity.ratio(results.load().ratio(comparison, server, divisor, value));
    }

    private List<Target> alone() {
        return List.of(
                Target.atMost(
                        24,
                        "system calls for a handoff",
                        new Quantity(Spread.of(DoubleStream.of(results.calls().total(SystemCalls.OURS))), "", 2)),
                Target.atMost(
                        HALF_OF_EARLIER_BYTES,
                        "descriptor, 64 at a time, allocated for a handoff; the bound is half of what 6f27493 allocates",
                        new Quantity(results.load().spread(DESCRIPTOR_64, OURS, Measurement::allocatedBytes), "B", 0)),
                onTwoLoops(DESCRIPTOR_64),
                onTwoLoops(DESCRIPTOR_256),
                onTwoLoops(DESCRIPTOR_1024));
    }

    /** Throughput would take a processor for each loop, and one more for the generator. */
    private Target onTwoLoops(Comparison comparison) {
        return Target.atMost(
                1.1,
                comparison.title() + ", CPU for a handoff, two loops ÷ one",
                ratio(comparison, OURS_TWO_LOOPS, OURS, Measurement::serverCpuMicros));
    }

    private List<Target> overOthers() {
        return List.of(
                Target.atLeast(
                        1.5,
                        "broker, 64 at a time, handoffs/s on one loop ÷ reference",
                        Quantity.ratio(results.brokers(OURS, REFERENCE))),
                Target.atLeast(
                        1.5,
                        "descriptor, 64 at a time, handoffs/s ÷ reference",
                        ratio(DESCRIPTOR_64, OURS, REFERENCE, Measurement::perSecond)),
                Target.atMost(
                        1,
                        "descriptor, 64 at a time, p99 ÷ reference",
                        ratio(DESCRIPTOR_64, OURS, REFERENCE, Measurement::p99)),
                Target.atLeast(
                        0.8,
                        "descriptor, 64 at a time, handoffs/s ÷ floor on Netty",
                        ratio(DESCRIPTOR_64, OURS, FLOOR, Measurement::perSecond)),
                Target.atMost(
                        1.2,
                        "descriptor, one at a time, p50 ÷ floor on Netty",
                        ratio(DESCRIPTOR_1, OURS, FLOOR, Measurement::p50)),
                Target.atLeast(
                        0.7,
                        "pipelined, 64 outstanding, offers/s ÷ floor on Netty",
                        ratio(PIPELINED_64, OURS, FLOOR, Measurement::perSecond)));
    }

    private List<Target> withoutSocket() {
        MicroBenchmarks jmh = results.jmh();
        return List.of(
                Target.atMost(
                        2.2,
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
