package io.handoff.benchmarks.compare.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.compare.measure.BrokerRate;
import io.handoff.benchmarks.compare.measure.Comparison;
import io.handoff.benchmarks.compare.measure.ExpiryPause;
import io.handoff.benchmarks.compare.measure.IdleMemory;
import io.handoff.benchmarks.compare.measure.Measurements;
import io.handoff.benchmarks.compare.measure.MicroBenchmarks;
import io.handoff.benchmarks.compare.measure.Results;
import io.handoff.benchmarks.compare.measure.SampleMeasurements;
import io.handoff.benchmarks.compare.measure.SystemCalls;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Results of one round that nobody has run. */
public final class SampleResults {

    private SampleResults() {}

    public static Results results() throws JsonProcessingException {
        return new Results(
                measurements(Comparison.ALL),
                List.of(
                        new BrokerRate(Contender.OURS, 1, 30_000, Map.of()),
                        new BrokerRate(Contender.REFERENCE, 1, 20_000, Map.of()),
                        new BrokerRate(Contender.OURS, 2, 16_000, Map.of()),
                        new BrokerRate(Contender.REFERENCE, 2, 10_000, Map.of("late", 1L))),
                List.of(new IdleMemory(
                        new IdleMemory.PerConnection(2048, 1024),
                        new IdleMemory.PerConnection(3000, 72),
                        new IdleMemory.PerConnection(1000, 24))),
                List.of(new ExpiryPause(4000, 978, 0), new ExpiryPause(12_000, 978, 3)),
                calls(),
                jmh());
    }

    /** Those of two servers. */
    public static SystemCalls calls() {
        Map<String, Map<String, Double>> calls = new LinkedHashMap<>();
        calls.put(SystemCalls.OURS, Map.of("recvfrom", 3.0, "sendto", 2.0, "futex", 0.04));
        calls.put("floor in C", Map.of("recvfrom", 3.0, "epoll_wait", 3.5));
        return new SystemCalls(calls);
    }

    /** The floor in C does 120 a second, that on Netty 100 and the others 90, each server taking longer than the one before it. */
    static Measurements measurements(List<Comparison> comparisons) {
        return new Measurements(comparisons.stream()
                .flatMap(comparison -> comparison.contenders().stream()
                        .map(server -> SampleMeasurements.of(
                                comparison,
                                server,
                                1,
                                perSecond(server),
                                250 + 10 * comparison.contenders().indexOf(server))))
                .toList());
    }

    private static double perSecond(Contender server) {
        return switch (server) {
            case FLOOR_IN_C -> 120;
            case FLOOR -> 100;
            default -> 90;
        };
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
