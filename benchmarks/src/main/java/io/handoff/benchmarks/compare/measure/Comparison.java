package io.handoff.benchmarks.compare.measure;

import io.handoff.benchmarks.compare.contender.Contender;
import io.handoff.benchmarks.load.LoadMode;
import io.handoff.benchmarks.load.LoadPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

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

    public static final Comparison DESCRIPTOR_1 =
            descriptor(1, "one at a time", Contender.OURS, Contender.REFERENCE, Contender.FLOOR, Contender.FLOOR_IN_C);

    public static final Comparison DESCRIPTOR_64 = descriptor(
            64,
            "64 at a time",
            Contender.OURS,
            Contender.OURS_TWO_LOOPS,
            Contender.REFERENCE,
            Contender.FLOOR,
            Contender.FLOOR_IN_C);

    public static final Comparison DESCRIPTOR_256 = descriptor(
            256, "256 at a time", Contender.OURS, Contender.OURS_TWO_LOOPS, Contender.FLOOR, Contender.FLOOR_IN_C);

    public static final Comparison DESCRIPTOR_1024 = descriptor(
            1024, "1,024 at a time", Contender.OURS, Contender.OURS_TWO_LOOPS, Contender.FLOOR, Contender.FLOOR_IN_C);

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
            List.of(Contender.OURS, Contender.REFERENCE, Contender.FLOOR, Contender.FLOOR_IN_C));

    /** Descriptor mode, with more and more at a time. */
    public static final List<Comparison> GROWTH = List.of(DESCRIPTOR_1, DESCRIPTOR_64, DESCRIPTOR_256, DESCRIPTOR_1024);

    public static final List<Comparison> ALL =
            List.of(DESCRIPTOR_1, DESCRIPTOR_64, DESCRIPTOR_256, DESCRIPTOR_1024, FRESH_64, PIPELINED_64);

    private static Comparison descriptor(int concurrency, String atATime, Contender... contenders) {
        return new Comparison(
                "descriptor-" + concurrency,
                "descriptor, " + atATime,
                LoadMode.DESCRIPTOR,
                concurrency,
                1,
                List.of(contenders));
    }

    /** What the generator runs against one of the servers. */
    LoadPlan plan(Contender server, Path socket, Duration warmUp, Duration duration) {
        return new LoadPlan(
                socket,
                server.mode(mode),
                concurrency,
                depth,
                server.warmUp(warmUp),
                duration,
                server.answersAnything());
    }
}
