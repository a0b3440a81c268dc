package io.handoff.reliability;

import io.handoff.benchmarks.host.Jvm;
import io.handoff.benchmarks.host.LineProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Starts JVMs of their own with the class path of the tests, each of which runs one main class. */
public final class ChildJvm {

    private ChildJvm() {}

    /** Starts a main class with the given JVM flags and arguments. */
    public static LineProcess start(Class<?> main, List<String> jvmFlags, List<String> arguments) throws IOException {
        return LineProcess.start(Jvm.command(main, jvmFlags, arguments));
    }

    /** As {@link #start}, and the process may have so many descriptors open. */
    public static LineProcess startWithDescriptors(
            int limit, Class<?> main, List<String> jvmFlags, List<String> arguments) throws IOException {
        return startWithDescriptors(limit, List.of(), main, jvmFlags, arguments);
    }

    /** The same, by way of a command that runs the command behind it. */
    public static LineProcess startWithDescriptors(
            int limit, List<String> wrapper, Class<?> main, List<String> jvmFlags, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n " + limit + "; exec \"$@\"", "sh"));
        command.addAll(wrapper);
        command.addAll(Jvm.command(main, jvmFlags, arguments));
        return LineProcess.start(command);
    }
}
