package io.handoff.benchmarks.compare.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The benchmarks without a socket of which there are targets, run by JMH.
 *
 * @param results as JMH has written them
 */
public record MicroBenchmarks(JsonNode results) {

    public static final String ACCEPTED = "OfferPipeline.accepted";
    public static final String RAW_ECHO = "RawEcho.echo";
    public static final String CONSUME_AND_ISSUE = "TokenStore.consumeAndIssue";

    private static final String ALLOCATION = "gc.alloc.rate.norm";

    /** One value of the same fork of two benchmarks, put together. */
    public interface Combination {
        double of(double first, double second);
    }

    public static MicroBenchmarks run(int forks) throws IOException, RunnerException {
        Path json = Files.createTempFile("jmh", ".json");
        try {
            new Runner(new OptionsBuilder()
                            .include(ACCEPTED)
                            .include(RAW_ECHO)
                            .include(CONSUME_AND_ISSUE)
                            .forks(forks)
                            // None of this JVM's, which name places on this machine.
                            .jvmArgs()
                            .addProfiler(GCProfiler.class)
                            .resultFormat(ResultFormatType.JSON)
                            .result(json.toString())
                            .shouldFailOnError(true)
                            .build())
                    .run();
            return new MicroBenchmarks(new JsonMapper().readTree(json.toFile()));
        } finally {
            Files.delete(json);
        }
    }

    /** The times of two benchmarks, in nanoseconds, fork by fork. */
    public Spread times(String first, String second, Combination combination) {
        return combine(forks(metric(first)), forks(metric(second)), combination);
    }

    /** The allocations of two benchmarks, in bytes, fork by fork. */
    public Spread allocations(String first, String second, Combination combination) {
        return combine(forks(allocation(first)), forks(allocation(second)), combination);
    }

    private static Spread combine(double[] first, double[] second, Combination combination) {
        return Spread.of(
                IntStream.range(0, first.length).mapToDouble(fork -> combination.of(first[fork], second[fork])));
    }

    private JsonNode metric(String benchmark) {
        return result(benchmark).path("primaryMetric");
    }

    private JsonNode allocation(String benchmark) {
        return result(benchmark).path("secondaryMetrics").path(ALLOCATION);
    }

    /** By its name, and its parameter where it has one: {@code TokenStore.consumeAndIssue 1000}. */
    private JsonNode result(String benchmark) {
        return StreamSupport.stream(results.spliterator(), false)
                .filter(result -> nameOf(result).endsWith(benchmark))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("JMH has no result of " + benchmark));
    }

    private static String nameOf(JsonNode result) {
        String pending = result.path("params").path("pending").asText();
        return (result.path("benchmark").asText() + " " + pending).strip();
    }

    /** The mean of each fork's iterations. */
    private static double[] forks(JsonNode metric) {
        return StreamSupport.stream(metric.path("rawData").spliterator(), false)
                .mapToDouble(fork -> StreamSupport.stream(fork.spliterator(), false)
                        .mapToDouble(JsonNode::asDouble)
                        .average()
                        .orElseThrow())
                .toArray();
    }
}
