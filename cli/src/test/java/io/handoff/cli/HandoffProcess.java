package io.handoff.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.testkit.StartedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The packaged {@code handoff} command in a process of its own. Closing it ends the process and checks what holds for
 * every run: no token was printed, and no buffer leaked.
 */
public final class HandoffProcess implements AutoCloseable {

    public static final String TOKEN = "000102030405060708090a0b0c0d0e0f";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final StartedProcess process;

    private HandoffProcess(Path directory, List<String> launcher, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:SharedArchiveFile=" + System.getProperty("handoff.archive"),
                // Where there is none, or one of another JVM.
                "-Xshare:auto",
                "-Xlog:cds*=off",
                "-Dio.netty.leakDetection.level=paranoid",
                "-Djava.io.tmpdir=" + directory,
                "-jar",
                System.getProperty("handoff.jar")));
        command.addAll(arguments);
        process = StartedProcess.start(command);
    }

    /** Runs the command with its temporary files in a directory. */
    public static HandoffProcess start(Path directory, String... arguments) throws IOException {
        return new HandoffProcess(directory, List.of(), List.of(arguments));
    }

    /** Runs the command as nohup(1) does. */
    public static HandoffProcess startWithSighupIgnored(Path directory, String... arguments) throws IOException {
        return new HandoffProcess(directory, List.of("env", "--ignore-signal=HUP"), List.of(arguments));
    }

    /** Runs the command as this user, but so that permissions count even where the user is root (capabilities(7)). */
    public static HandoffProcess startWithoutPrivilege(Path directory, String... arguments) throws IOException {
        boolean isRoot = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        String none = "-dac_override,-dac_read_search";
        return new HandoffProcess(
                directory,
                isRoot ? List.of("setpriv", "--bounding-set=" + none, "--inh-caps=" + none) : List.of(),
                List.of(arguments));
    }

    /** Where {@link #startBackend} listens. */
    public static Path socketIn(Path directory) {
        return directory.resolve("backend.sock");
    }

    /** Runs {@code handoff backend} without descriptors and with one token pending, until it listens or ends. */
    public static HandoffProcess startBackend(Path directory, String... moreArguments)
            throws IOException, InterruptedException {
        return startServer(
                directory,
                Stream.of(
                        "backend",
                        "--no-descriptors",
                        "--socket",
                        socketIn(directory).toString(),
                        "--token",
                        TOKEN),
                moreArguments);
    }

    /** Runs {@code handoff backend}, adopting connections and with nothing else set, until it listens or ends. */
    public static HandoffProcess startAdoptingBackend(Path directory, String... moreArguments)
            throws IOException, InterruptedException {
        return startServer(
                directory, Stream.of("backend", "--socket", socketIn(directory).toString()), moreArguments);
    }

    /** Runs {@code handoff broker} for the backend that listens in the directory, until it listens itself or ends. */
    public static HandoffProcess startBroker(Path directory, String listen, String... moreArguments)
            throws IOException, InterruptedException {
        return startServer(
                directory,
                Stream.of(
                        "broker",
                        "--listen",
                        listen,
                        "--backend",
                        socketIn(directory).toString(),
                        "--service",
                        "demo"),
                moreArguments);
    }

    private static HandoffProcess startServer(Path directory, Stream<String> arguments, String... moreArguments)
            throws IOException, InterruptedException {
        HandoffProcess server = new HandoffProcess(
                directory,
                List.of(),
                Stream.concat(arguments, Stream.of(moreArguments)).toList());
        server.awaitLines(1);
        return server;
    }

    /** Runs {@code handoff broker --config}, until it has printed so many lines or ends. */
    public static HandoffProcess startConfiguredBroker(Path directory, Path config, int lines, String... moreArguments)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("broker", "--config", config.toString()));
        arguments.addAll(List.of(moreArguments));
        // Whatever the tests were started by: a JVM that begins with SIGHUP ignored does not hear of it.
        HandoffProcess broker = new HandoffProcess(directory, List.of("env", "--default-signal=HUP"), arguments);
        broker.awaitLines(lines);
        return broker;
    }

    public long pid() {
        return process.handle().pid();
    }

    /** Where a broker says it listens. */
    public String address() {
        assertThat(lines()).as(errors()).first().asString().matches("listening on .* \\((TCP|Unix socket)\\)");
        return lines().get(0).replaceFirst("listening on (.*) \\(.*", "$1");
    }

    /** Waits until so many lines are printed, or the process has ended, and returns them and any further ones. */
    public List<String> awaitLines(int count) throws InterruptedException {
        return process.awaitLines(count);
    }

    /** The whole lines printed so far. */
    public List<String> lines() {
        return process.lines();
    }

    public String errors() {
        return String.join("\n", process.errorLines());
    }

    public List<ProcessHandle> awaitChildren(int count) {
        return await().atMost(PATIENCE)
                .until(() -> process.handle().children().toList(), found -> found.size() == count);
    }

    /** All that was printed, to explain why an expectation was not met. */
    public String output() {
        return process.output();
    }

    /** Waits until a file is no longer there. */
    public static void awaitRemoval(Path file) {
        await().atMost(PATIENCE).until(() -> !Files.exists(file));
    }

    /** Waits for a line, among those that have been printed and those to come. */
    public String awaitLine(Predicate<String> wanted) throws InterruptedException {
        return process.awaitLine(wanted);
    }

    /** Sends a signal by its number. */
    public void signal(int number) throws IOException {
        process.signal(number);
    }

    public void sendSigterm() {
        process.terminate();
    }

    public int awaitExit() throws InterruptedException {
        return process.awaitExit();
    }

    @Override
    public void close() {
        process.close();
        assertThat(output())
                .doesNotContainIgnoringCase(TOKEN)
                .doesNotContainPattern("\\p{XDigit}{32}")
                .doesNotContain("LEAK");
    }
}
