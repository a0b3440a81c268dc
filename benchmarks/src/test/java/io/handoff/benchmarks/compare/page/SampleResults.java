package io.handoff.benchmarks.compare.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.measure.Comparison;
import io.handoff.benchmarks.compare.measure.ExpiryPause;
import io.handoff.benchmarks.compare.measure.IdleMemory;
import io.handoff.benchmarks.compare.measure.Measurements;
import io.handoff.benchmarks.compare.measure.MicroBenchmarks;
import io.handoff.benchmarks.compare.measure.Results;
import io.handoff.benchmarks.compare.measure.SampleMeasurements;
import java.util.List;
import java.util.stream.Stream;

/** Results of one round that nobody has run. */
public final class SampleResults {

    private SampleResults() {}

    static Results results() throws JsonProcessingException {
        return new Results(
                measurements(Comparison.ALL),
                measurements(Comparison.GROWTH),
                List.of(new IdleMemory(
                        new IdleMemory.PerConnection(2048, 1024),
                        new IdleMemory.PerConnection(3000, 72),
                        new IdleMemory.PerConnection(1000, 24))),
                List.of(new ExpiryPause(4000, 978, 0), new ExpiryPause(12_000, 978, 3)),
                jmh());
    }

    /** The floor does 100 a second and the others 90, each server taking longer than the one before it. */
    static Measurements measurements(List<Comparison> comparisons) {
        return new Measurements(comparisons.stream()
                .flatMap(comparison -> comparison.contenders().stream()
                        .map(server -> SampleMeasurements.of(
                                comparison,
                                server,
                                1,
                                server == Contender.FLOOR ? 100 : 90,
                                250 + 10 * comparison.contenders().indexOf(server))))
                .toList());
    }

    /** Two forks of two iterations each. */
    public static MicroBenchmarks jmh() throws JsonProcessingException {
        return new MicroBenchmarks(new JsonMapper()
                .readTree(Stream.of(
                                benchmark("OfferPipeline.accepted", "", "[[400, 600], [900, 1100]]", 500),
                                benchmark("RawEcho.echo", "", "[[200, 300], [250, 250]]", 112),
                                benchmark("TokenStore.consumeAndIssue", "1000000", "[[200, 200], [210, 210]]", 96),
                                benchmark("TokenStore.consumeAndIssue", "1000", "[[100, 100], [100, 100]]", 96))
                        .toList()
                        .toString()));
    }

    private static String benchmark(String name, String pending, String times, int bytes) {
        return """
                {"benchmark": "io.handoff.benchmarks.jmh.%s",
                 "params": {"pending": "%s"},
                 "primaryMetric": {"rawData": %s},
                 "secondaryMetrics": {"gc.alloc.rate.norm": {"rawData": [[%d, %d], [%d, %d]]}}}
                """.formatted(name, pending, times, bytes, bytes, bytes, bytes);
    }
}
