package io.handoff.reliability.sweep;

import io.handoff.benchmarks.host.LineProcess;
import io.handoff.reliability.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A broker and a backend, each a process with event loops whose calls are made to fail. */
final class SweptPair implements AutoCloseable {

    private static final List<String> JVM_FLAGS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m");

    /** The time in which a process has to end that is told to. */
    static final long END_SECONDS = 20;

    /** Handoffs of each kind before the first call is looked at: until then classes are loaded. */
    private static final int WARM_UP = 3;

    private final Map<Side, LineProcess> processes = new EnumMap<>(Side.class);
    private final Map<Side, List<String>> idle = new EnumMap<>(Side.class);
    private final Map<SweptLoop, Long> threads = new EnumMap<>(SweptLoop.class);
    private int port;

    private SweptPair() {}

    /** Starts both, with the backend's socket in an empty directory, and warms them up. */
    static SweptPair start(Path directory) throws IOException {
        SweptPair pair = new SweptPair();
        try {
            String socket = directory.resolve("b").toString();
            LineProcess backend = ChildJvm.start(SweptBackend.class, JVM_FLAGS, List.of(socket));
            pair.processes.put(Side.BACKEND, backend);
            backend.expectLine(SweptProcess.LISTENING);
            LineProcess broker = ChildJvm.start(SweptBroker.class, JVM_FLAGS, List.of(socket));
            pair.processes.put(Side.BROKER, broker);
            pair.port = Integer.parseInt(broker.nextLine());
            pair.warmUp();
            return pair;
        } catch (IOException | RuntimeException e) {
            pair.close();
            throw e;
        }
    }

    private void warmUp() throws IOException {
        for (Side side : Side.values()) {
            // Listening, and nothing else.
            idle.put(side, descriptors(side));
        }
        for (int i = 0; i < WARM_UP; i++) {
            for (ClientKind kind : ClientKind.values()) {
                // The first ones may take longer than a handoff may.
                warmUp(kind, i == WARM_UP - 1);
            }
        }
        // The loops start with their first channels.
        for (SweptLoop loop : SweptLoop.values()) {
            threads.put(loop, find(loop));
        }
    }

    private void warmUp(ClientKind kind, boolean isWarm) throws IOException {
        try (SweptClient client = begin(kind)) {
            SweptClient.Fate fate = client.serve();
            String outcome = outcome();
            if (isWarm && !(fate.isServed() && fate.server() == kind.server())) {
                throw new IOException(
                        "a client that is " + kind.title() + ", and no call fails: " + outcome + ", " + fate);
            }
        }
    }

    private long find(SweptLoop loop) throws IOException {
        Path tasks = Path.of("/proc", Long.toString(pid(loop.side())), "task");
        try (Stream<Path> all = Files.list(tasks)) {
            for (Path task : (Iterable<Path>) all::iterator) {
                if (Files.readString(task.resolve("comm")).startsWith(loop.thread())) {
                    return Long.parseLong(task.getFileName().toString());
                }
            }
        }
        throw new IOException("no thread " + loop.thread() + " in " + tasks);
    }

    private long pid(Side side) {
        return processes.get(side).handle().pid();
    }

    /** The number of the thread that runs a loop. */
    long thread(SweptLoop loop) {
        return threads.get(loop);
    }

    /** A client of that kind has sent what it sends at first, and only then is accepted. */
    SweptClient begin(ClientKind kind) throws IOException {
        tell(Side.BROKER, SweptBroker.HOLD);
        SweptClient client = SweptClient.connect(port, kind);
        tell(Side.BROKER, SweptBroker.RELEASE + kind.name());
        return client;
    }

    /** What the broker was told of the handoff. */
    String outcome() throws IOException {
        return processes.get(Side.BROKER).ask(SweptBroker.OUTCOME);
    }

    /** Whether the backend has no token pending. */
    boolean isWithoutTokens() throws IOException {
        return processes.get(Side.BACKEND).ask(SweptBackend.TOKENS).equals("0");
    }

    /** Closes a descriptor of a process by its number. */
    void close(Side side, int descriptor) throws IOException {
        tell(side, SweptProcess.CLOSE + descriptor);
    }

    private void tell(Side side, String command) throws IOException {
        String answer = processes.get(side).ask(command);
        if (!answer.equals(command)) {
            throw new IOException("the " + side.title() + " answers to " + command + ": " + answer);
        }
    }

    /** Whether both have the descriptors open that they had when they listened and did nothing else. */
    boolean isIdle() throws IOException {
        for (Side side : Side.values()) {
            if (!descriptors(side).equals(idle.get(side))) {
                return false;
            }
        }
        return true;
    }

    /** The descriptors that one has and had not, or had and has no more. */
    String difference() throws IOException {
        List<String> differences = new ArrayList<>();
        for (Side side : Side.values()) {
            List<String> now = descriptors(side);
            List<String> left = new ArrayList<>(now);
            idle.get(side).forEach(left::remove);
            List<String> gone = new ArrayList<>(idle.get(side));
            now.forEach(gone::remove);
            if (!left.isEmpty()) {
                differences.add("left in the " + side.title() + ": " + kinds(left));
            }
            if (!gone.isEmpty()) {
                differences.add("closed in the " + side.title() + ": " + kinds(gone));
            }
        }
        return String.join("; ", differences);
    }

    private static Set<String> kinds(List<String> descriptors) {
        Set<String> kinds = new TreeSet<>();
        descriptors.forEach(one -> kinds.add(one.replaceAll("\\[\\d+]", "")));
        return kinds;
    }

    /** What is behind its descriptors; files, which a JVM opens and closes as it likes, are left out. */
    private List<String> descriptors(Side side) throws IOException {
        List<String> all = new ArrayList<>();
        try (Stream<Path> numbers = Files.list(Path.of("/proc", Long.toString(pid(side)), "fd"))) {
            for (Path number : (Iterable<Path>) numbers::iterator) {
                try {
                    String behind = Files.readSymbolicLink(number).toString();
                    if (!behind.startsWith("/")) {
                        all.add(behind);
                    }
                } catch (NoSuchFileException e) {
                    // Closed since it was listed.
                }
            }
        }
        all.sort(null);
        return all;
    }

    /** Tells both to end with SIGTERM. Returns what is wrong with how they do; empty if nothing is. */
    String endWell() throws IOException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        for (Side side : Side.values()) {
            LineProcess process = processes.get(side);
            process.handle().destroy();
            try {
                process.handle().onExit().get(END_SECONDS, TimeUnit.SECONDS);
                String last = process.nextLine();
                if (!last.equals(SweptProcess.CLOSED)) {
                    wrong.add("the " + side.title() + " ends on SIGTERM with " + last);
                }
            } catch (TimeoutException e) {
                wrong.add("the " + side.title() + " has not ended " + END_SECONDS + " s after SIGTERM");
            } catch (ExecutionException e) {
                throw new IOException(e);
            }
        }
        close();
        return String.join("; ", wrong);
    }

    @Override
    public void close() throws IOException {
        for (LineProcess process : processes.values()) {
            process.close();
        }
    }
}
