package io.handoff.benchmarks.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM like this one, with this one's class path. */
public final class Jvm {

    /** The flags of every JVM that is measured. */
    public static final List<String> FLAGS = List.of("-Xms512m", "-Xmx512m", "-Dio.netty.leakDetection.level=disabled");

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
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }
}
