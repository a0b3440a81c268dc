package io.handoff.benchmarks.compare.contender;

import io.handoff.benchmarks.host.Jvm;
import io.handoff.benchmarks.load.LoadMode;
import io.handoff.benchmarks.load.LoadPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How each of the servers is started.
 *
 * @param reference the reference peer, built for release
 */
public record ServerCommands(Path reference) {

    /** The command of a server that is fit for a plan. */
    public List<String> of(Contender server, LoadPlan plan) {
        return switch (server) {
            case OURS -> backend(plan);
            case OURS_TWO_LOOPS -> backend(plan, "--loops", "2");
            case REFERENCE -> reference(plan);
            case FLOOR, RECONNECT -> floor(plan);
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

    private List<String> reference(LoadPlan plan) {
        List<String> command = new ArrayList<>(List.of(
                reference.toString(),
                "backend",
                "--quiet",
                "--socket",
                plan.socket().toString()));
        if (plan.mode() != LoadMode.DESCRIPTOR) {
            command.add("--framed");
        }
        return command;
    }

    private static List<String> listening(LoadPlan plan) {
        return List.of(
                "--socket", plan.socket().toString(), "--mode", plan.mode().name());
    }
}
