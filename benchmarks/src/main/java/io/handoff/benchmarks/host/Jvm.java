package io.handoff.benchmarks.host;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM like this one, with this one's class path, and with the compiler and the collector that this one was told to use. */
public final class Jvm {

    /** The flags of every JVM that is measured. */
    public static final List<String> FLAGS = List.of("-Xms512m", "-Xmx512m", "-Dio.netty.leakDetection.level=disabled");

    private static final List<String> OWN_FLAGS = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.equals("-XX:TieredStopAtLevel=1") || flag.equals("-XX:+UseSerialGC"))
            .toList();

    private Jvm() {}

    public static List<String> command(Class<?> main, List<String> arguments) {
        return command(main, FLAGS, arguments);
    }

    /**
     * Makes the command that runs a main class.
     *
     * @param main the class
     * @param flags of the JVM
     * @param arguments of the class
     * @return the command
     */
    public static List<String> command(Class<?> main, List<String> flags, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Or newer JVMs warn about native libraries.
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(OWN_FLAGS);
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }
}
