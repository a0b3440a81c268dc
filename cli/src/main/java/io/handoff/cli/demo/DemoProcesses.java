package io.handoff.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The processes of the demonstration, and a private directory for their sockets. Closing it, or the end of this JVM in
 * whatever way but SIGKILL, ends the processes and removes the directory.
 */
final class DemoProcesses implements AutoCloseable {

    private final Path directory;
    private final List<DemoProcess> processes = new ArrayList<>();
    private boolean closed;

    DemoProcesses() throws IOException {
        // Made with mode 0700.
        directory = Files.createTempDirectory("handoff-demo");
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "handoff-demo-stop"));
    }

    Path socket(String name) {
        return directory.resolve(name + ".sock");
    }

    /** Starts this command again. Excludes {@link #close}, so that a signal misses no process. */
    synchronized DemoProcess start(String... arguments) throws IOException {
        if (closed) {
            throw new IOException("interrupted before all processes were started");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // They live too short for the optimizing compiler and a concurrent collector.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(archiveFlags());
        // Run from its jar, as it is, the command has the jar for its class path.
        command.addAll(List.of("-jar", System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        DemoProcess started = new DemoProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        processes.add(started);
        return started;
    }

    /** Which archive of its classes this JVM has been given, by the script {@code handoff} for one. */
    private static List<String> archiveFlags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("-XX:SharedArchiveFile=") || flag.startsWith("-Xlog:cds"))
                .toList();
    }

    /** The files that the processes have left. */
    List<String> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        processes.forEach(DemoProcess::kill);
        try {
            for (String file : leftovers()) {
                Files.delete(directory.resolve(file));
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
