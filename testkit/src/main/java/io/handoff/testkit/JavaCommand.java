package io.handoff.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command that runs a main class in a JVM like this one, with this one's class path unless another is set. Immutable.
 *
 * @param mainClass the name of the class
 * @param jvmOptions flags of the JVM
 * @param classPath of the JVM
 * @param arguments of the class
 */
public record JavaCommand(String mainClass, List<String> jvmOptions, String classPath, List<String> arguments) {

    /**
     * Copies the lists.
     *
     * @param mainClass the name of the class
     * @param jvmOptions flags of the JVM
     * @param classPath of the JVM
     * @param arguments of the class
     */
    public JavaCommand {
        jvmOptions = List.copyOf(jvmOptions);
        arguments = List.copyOf(arguments);
    }

    /**
     * Begins with a class, no flag and no argument.
     *
     * @param mainClass a class with a {@code main} method
     * @return its command
     */
    public static JavaCommand of(Class<?> mainClass) {
        return of(mainClass.getName());
    }

    /**
     * Begins with the name of a class, no flag and no argument.
     *
     * @param mainClass a class with a {@code main} method
     * @return its command
     */
    public static JavaCommand of(String mainClass) {
        return new JavaCommand(mainClass, List.of(), System.getProperty("java.class.path"), List.of());
    }

    /**
     * Sets the flags of the JVM.
     *
     * @param options all of them
     * @return the command with these
     */
    public JavaCommand withJvmOptions(String... options) {
        return new JavaCommand(mainClass, List.of(options), classPath, arguments);
    }

    /**
     * Sets the class path.
     *
     * @param path folders and jars
     * @return the command with this one
     */
    public JavaCommand withClassPath(String path) {
        return new JavaCommand(mainClass, jvmOptions, path, arguments);
    }

    /**
     * Sets the arguments of the class.
     *
     * @param values all of them
     * @return the command with these
     */
    public JavaCommand withArguments(String... values) {
        return new JavaCommand(mainClass, jvmOptions, classPath, List.of(values));
    }

    /**
     * Makes the whole command, for {@link StartedProcess#start(List)} or behind a wrapper.
     *
     * @return the program and its arguments
     */
    public List<String> toList() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Or newer JVMs warn about native libraries, before the program prints its first line.
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", classPath, mainClass));
        command.addAll(arguments);
        return command;
    }

    /**
     * Runs it.
     *
     * @return the process
     * @throws IOException if it cannot be started
     */
    public StartedProcess start() throws IOException {
        return StartedProcess.start(toList());
    }
}
