package io.handoff.reliability.death;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.benchmarks.host.LineProcess;
import io.handoff.benchmarks.host.OpenSockets;
import io.handoff.reliability.ChildJvm;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/** A broker and a backend, each a process that can be killed and started anew where it was. */
final class HandoffPair implements AutoCloseable {

    /** For a JVM that lives a second at most. */
    static final List<String> JVM_FLAGS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(2);

    /** When a backend's process was started, and when it called {@code start()}, on the clock of {@code nanoTime}. */
    record Start(long processNanos, long callNanos) {}

    private final Path directory;
    private final Map<Party, LineProcess> processes = new EnumMap<>(Party.class);
    private final Map<Party, Long> idleSockets = new EnumMap<>(Party.class);
    private int brokerPort;
    private int backendsStarted;

    private HandoffPair(Path directory) {
        this.directory = directory;
    }

    /** Starts both, with their sockets in an empty directory. */
    static HandoffPair start(Path directory) throws IOException, InterruptedException {
        HandoffPair pair = new HandoffPair(directory);
        for (HandoffStep step : HandoffStep.values()) {
            Files.createSymbolicLink(directory.resolve(step.name()), pair.backendSocket());
        }
        pair.startBackend();
        pair.startBroker();
        return pair;
    }

    Path backendSocket() {
        return directory.resolve("backend");
    }

    private Path clientSocket() {
        return directory.resolve("clients");
    }

    /** Where the broker listens: for every other client TCP, for the others a Unix-domain socket. */
    SocketAddress brokerAddress(int client) {
        return client % 2 == 0
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), brokerPort)
                : new DomainSocketAddress(clientSocket().toFile());
    }

    /** Every other one serves offers and adopted connections on the same loops. */
    Start startBackend() throws IOException, InterruptedException {
        boolean sharesLoops = backendsStarted++ % 2 == 0;
        long startedAt = System.nanoTime();
        LineProcess backend = ChildJvm.start(
                StepBackend.class, JVM_FLAGS, List.of(backendSocket().toString(), String.valueOf(sharesLoops)));
        processes.put(Party.BACKEND, backend);
        long calledAt = Long.parseLong(backend.nextLine());
        backend.expectLine(StepBackend.LISTENING);
        idleSockets.put(Party.BACKEND, OpenSockets.of(backend.handle()));
        return new Start(startedAt, calledAt);
    }

    void startBroker() throws IOException, InterruptedException {
        LineProcess broker = ChildJvm.start(
                StepBroker.class, JVM_FLAGS, List.of(clientSocket().toString(), directory.toString()));
        processes.put(Party.BROKER, broker);
        brokerPort = Integer.parseInt(broker.nextLine());
        idleSockets.put(Party.BROKER, OpenSockets.of(broker.handle()));
    }

    /** Has handoffs stand at their steps from now on, in both processes. */
    void hold() throws IOException, InterruptedException {
        for (Party party : Party.values()) {
            tell(party, StepCommands.HOLD);
        }
    }

    void release(Party party) throws IOException, InterruptedException {
        tell(party, StepCommands.RELEASE);
    }

    private void tell(Party party, String command) throws IOException, InterruptedException {
        assertThat(processes.get(party).ask(command))
                .as("answer of the %s", party.title())
                .isEqualTo(command);
    }

    /** Waits until so many handoffs stand at a step or have passed it. */
    void awaitAt(Party party, HandoffStep step, int handoffs) throws IOException, InterruptedException {
        tell(party, StepCommands.await(step, handoffs));
    }

    /** Waits until so many handoffs stand at each step, and the backend has received what was sent to it. */
    void awaitAtEach(int handoffs) throws IOException, InterruptedException {
        int backendSockets = 0;
        for (HandoffStep step : HandoffStep.values()) {
            awaitAt(step.holder(), step, handoffs);
            backendSockets += handoffs * step.backendSockets();
        }
        int withOffer =
                EnumSet.range(HandoffStep.OFFER_HALF, HandoffStep.FIRST_BYTES).size();
        awaitAt(Party.BACKEND, HandoffStep.OFFER_HALF, handoffs * withOffer);
        awaitSockets(Party.BACKEND, backendSockets);
        assertThat(ask(StepCommands.TOO_EARLY))
                .as("served before the ACK had left")
                .isEqualTo("[]");
    }

    private String ask(String question) throws IOException {
        return processes.get(Party.BACKEND).ask(question);
    }

    /** Waits until a process has no more descriptors of sockets than before its first client, a backend no token pending. */
    void awaitIdle(Party party) throws IOException {
        awaitSockets(party, 0);
        if (party == Party.BACKEND) {
            assertThat(ask(StepCommands.TOO_EARLY))
                    .as("served before the ACK had left")
                    .isEqualTo("[]");
            await().pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ask(StepCommands.TOKENS))
                            .as("tokens pending")
                            .isEqualTo("0"));
        }
    }

    private void awaitSockets(Party party, int ofHandoffs) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(OpenSockets.of(processes.get(party).handle()) - idleSockets.get(party))
                                .as("sockets of the %s for handoffs", party.title())
                                .isEqualTo(ofHandoffs));
    }

    /** With SIGKILL; returns once it is gone. */
    void kill(Party party) throws IOException {
        processes.get(party).close();
    }

    @Override
    public void close() throws IOException {
        for (LineProcess process : processes.values()) {
            process.close();
        }
    }
}
