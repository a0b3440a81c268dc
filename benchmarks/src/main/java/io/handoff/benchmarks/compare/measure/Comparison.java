package io.handoff.benchmarks.compare.measure;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.load.LoadMode;
import io.handoff.benchmarks.load.LoadPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The same load for several servers.
 *
 * @param name for files and JSON
 * @param title for people
 * @param mode what the generator does
 * @param concurrency how many do it at a time
 * @param depth the offers outstanding on each connection
 * @param contenders the servers, in the order of each round
 */
public record Comparison(
        String name, String title, LoadMode mode, int concurrency, int depth, List<Contender> contenders) {

    public static final Comparison DESCRIPTOR_64 = new Comparison(
            "descriptor-64",
            "descriptor, 64 at a time",
            LoadMode.DESCRIPTOR,
            64,
            1,
            List.of(Contender.OURS, Contender.REFERENCE, Contender.FLOOR));

    public static final Comparison DESCRIPTOR_1 = new Comparison(
            "descriptor-1",
            "descriptor, one at a time",
            LoadMode.DESCRIPTOR,
            1,
            1,
            List.of(Contender.OURS, Contender.REFERENCE, Contender.FLOOR));

    public static final Comparison FRESH_64 = new Comparison(
            "fresh-64",
            "fresh connections without descriptor, 64 at a time",
            LoadMode.FRESH,
            64,
            1,
            List.of(Contender.OURS, Contender.REFERENCE, Contender.FLOOR, Contender.RECONNECT));

    public static final Comparison PIPELINED_64 = new Comparison(
            "pipelined-64",
            "pipelined, one connection, 64 offers outstanding",
            LoadMode.PIPELINED,
            1,
            64,
            List.of(Contender.OURS, Contender.REFERENCE, Contender.FLOOR));

    public static final List<Comparison> ALL = List.of(DESCRIPTOR_64, DESCRIPTOR_1, FRESH_64, PIPELINED_64);

    /** Descriptor mode with 1, 4, 16, 64, 256 and 1024 at a time. */
    public static final List<Comparison> GROWTH = IntStream.rangeClosed(0, 5)
            .mapToObj(power -> growth(1 << (2 * power)))
            .toList();

    private static Comparison growth(int concurrency) {
        return new Comparison(
                "growth-" + concurrency,
                "descriptor, growth, " + concurrency + " at a time",
                LoadMode.DESCRIPTOR,
                concurrency,
                1,
                List.of(Contender.OURS, Contender.OURS_TWO_LOOPS, Contender.FLOOR));
    }

    /** What the generator runs against one of the servers. */
    LoadPlan plan(Contender server, Path socket, Duration warmUp, Duration duration) {
        return new LoadPlan(socket, server.mode(mode), concurrency, depth, warmUp, duration, server.answersAnything());
    }
}
