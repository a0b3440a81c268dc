package io.handoff.cli.demo;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows live connections moving from a broker to a backend, each in a process of its own. */
@Command(
        name = "demo",
        header = "Shows live connections moving from a broker to a backend.",
        description = "Starts a backend and a broker, connects clients to the broker, and shows that the backend serves"
                + " them: every byte once and in order, also those sent before the handoff. Shows that a client whom a"
                + " backend rejects is served by the broker, and that no process is left with a descriptor too many."
                + " Stops everything. Prints each step and its time.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:everything came out as expected", "1:something did not", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Picocli sets the field.
public final class DemoCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        try (DemoProcesses processes = new DemoProcesses()) {
            return new Demo(spec.commandLine().getOut(), processes).run() ? 0 : 1;
        }
    }
}
