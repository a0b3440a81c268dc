package io.handoff.benchmarks.compare.contender;

import io.handoff.benchmarks.host.Jvm;
import io.handoff.benchmarks.load.HandoffLoadCommand;
import io.handoff.benchmarks.load.LoadPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How each of the servers is started.
 *
 * @param reference the reference peer, built for release
 * @param floorInC {@code floor.c}, compiled
 */
public record ServerCommands(Path reference, Path floorInC) {

    /** The command of a server that is fit for a plan. */
    public List<String> of(Contender server, LoadPlan plan) {
        return switch (server) {
            case OURS -> backend(plan);
            case OURS_TWO_LOOPS -> backend(plan, "--loops", "2");
            case REFERENCE -> reference(plan);
            case FLOOR, RECONNECT -> floor(plan);
            case FLOOR_IN_C -> floorInC(plan);
        };
    }

    /** The command of this library's server, with options of its own. */
    public static List<String> backend(LoadPlan plan, String... more) {
        List<String> options = new ArrayList<>(listening(plan));
        options.addAll(List.of("--slots", Integer.toString(plan.slots())));
        options.addAll(List.of(more));
        return Jvm.command(BackendServer.class, options);
    }

    /** The command of the floor. */
    public static List<String> floor(LoadPlan plan) {
        return Jvm.command(FloorServer.class, listening(plan));
    }

    /** The command of a broker that hands over to the socket of a plan, as the plan has it, and prints what came of it. */
    public List<String> broker(Contender broker, LoadPlan plan) {
        String socket = plan.socket().toString();
        String concurrency = Integer.toString(plan.concurrency());
        String millis = Long.toString(plan.duration().toMillis());
        if (broker == Contender.REFERENCE) {
            return List.of(
                    reference.toString(),
                    "load",
                    "--socket",
                    socket,
                    "--concurrency",
                    concurrency,
                    "--duration",
                    millis);
        }
        return Jvm.command(
                HandoffLoadCommand.class,
                List.of(
                        "--mode",
                        "broker",
                        "--json",
                        "--socket",
                        socket,
                        "--concurrency",
                        concurrency,
                        "--warm-up",
                        plan.warmUp().toMillis() + "ms",
                        "--duration",
                        millis + "ms"));
    }

    private List<String> reference(LoadPlan plan) {
        List<String> command = new ArrayList<>(List.of(
                reference.toString(),
                "backend",
                "--quiet",
                "--socket",
                plan.socket().toString()));
        if (!plan.mode().passesDescriptors()) {
            command.add("--framed");
        }
        return command;
    }

    private List<String> floorInC(LoadPlan plan) {
        List<String> command =
                new ArrayList<>(List.of(floorInC.toString(), plan.socket().toString()));
        if (!plan.mode().passesDescriptors()) {
            command.add("framed");
        }
        return command;
    }

    private static List<String> listening(LoadPlan plan) {
        return List.of(
                "--socket", plan.socket().toString(), "--mode", plan.mode().name());
    }
}
