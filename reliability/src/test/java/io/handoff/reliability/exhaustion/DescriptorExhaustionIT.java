package io.handoff.reliability.exhaustion;

import static io.handoff.reliability.Reliability.sized;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.benchmarks.host.CpuTime;
import io.handoff.benchmarks.host.LineProcess;
import io.handoff.benchmarks.host.OpenSockets;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffRejection.Reason;
import io.handoff.reliability.BackendCounts;
import io.handoff.reliability.ChildJvm;
import io.handoff.reliability.LimitedBackendProcess;
import io.handoff.reliability.LimitedBackendProcess.Settings;
import io.handoff.reliability.Reliability;
import io.handoff.reliability.exhaustion.BrokeredClients.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that have no descriptor left: to accept with, to receive with, and to send. How long something takes is not
 * judged, but for the pause of accepting: the machine may be busy.
 *
 * <p>Seen to fail with one of these taken out: the pause after a failed accept, its end, its count, the word to the listener;
 * the rejection of an offer whose descriptor the kernel could not install, and that it is known by {@code MSG_CTRUNC}; in a
 * broker that cannot send, the failed outcome, the client going on there, the close of the control connection.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DescriptorExhaustionIT {

    /** RLIMIT_NOFILE of the backend. */
    private static final int LIMIT = 256;

    /** RLIMIT_NOFILE of the broker; what other processes of this user have in flight should not matter beside it. */
    private static final int BROKER_LIMIT = 1024;

    /** Of one processor, while nothing can be accepted. */
    private static final double QUIET = 0.25;

    /** Handoffs that begin while nothing can be accepted. */
    private static final int WAITING = 20;

    static final Duration PATIENCE = Duration.ofSeconds(40);

    static final String LOST =
            "handoff descriptor could not be received: the backend has too many open files, or a security module denies it";

    private final ExhaustionPage page = new ExhaustionPage();

    @TempDir
    Path directory;

    @Test
    void shouldWaitWithoutSpinningWhenNoDescriptorIsLeftToAcceptWith() throws Exception {
        try (LimitedBackendProcess backend = startBackend();
                BrokeredClients clients = new BrokeredClients()) {
            long sockets = backend.sockets();
            warmUp(backend, clients);
            List<Client> waiting = new ArrayList<>();
            List<Future<HandoffOutcome>> outcomes = new ArrayList<>();
            long freedAt;
            try (IdleConnections idle = IdleConnections.open(socket(), LIMIT)) {
                assertQuiet(backend, idle.count());
                for (int i = 0; i < WAITING; i++) {
                    waiting.add(clients.connect());
                    outcomes.add(begin(broker(), waiting.get(i)));
                }
                long failures = backend.counts().acceptFailures();
                await().atMost(PATIENCE).until(backend::counts, counts -> counts.acceptFailures() > failures);
                assertThat(outcomes).noneMatch(Future::isDone);
                freedAt = System.nanoTime();
            }
            for (int i = 0; i < WAITING; i++) {
                assertThat(outcomes.get(i).get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isEqualTo(new HandoffOutcome.Accepted());
                assertThat(waiting.get(i).ask("anyone")).isEqualTo("anyone");
            }
            long resumedNanos = System.nanoTime() - freedAt;
            for (Client client : waiting) {
                client.close();
            }
            await().atMost(PATIENCE).until(backend::sockets, now -> now == sockets);
            await().atMost(PATIENCE).until(backend::counts, BackendCounts::isAccepting);
            page.resumed(WAITING, resumedNanos, sockets);
        }
    }

    private void assertQuiet(LimitedBackendProcess backend, int connected) throws IOException {
        BackendCounts reached = await().atMost(PATIENCE).until(backend::counts, counts -> counts.acceptFailures() > 0);
        long reachedAt = System.nanoTime();
        CpuTime from = backend.cpu();
        BackendCounts stood = await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofSeconds(1))
                .until(backend::counts, counts -> counts.acceptFailures() >= reached.acceptFailures() + sized(8, 2));
        long failures = stood.acceptFailures() - reached.acceptFailures();
        double processors = backend.cpu().processorsSince(from);
        long pauses = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - reachedAt) + 2;
        page.accepting(LIMIT, stood, failures, processors);
        // On a busy machine a busy loop may get little of the processors; but it does not pause.
        assertThat(failures).as("failures to accept within %s pauses", pauses).isLessThanOrEqualTo(pauses);
        if (Reliability.isFull()) {
            assertThat(processors).as("processors used at the limit").isLessThan(QUIET);
        }
        await().until(backend::counts, counts -> !counts.isAccepting());
        assertThat(stood.lastAcceptFailure()).contains("accept", "Too many open files");
        assertThat(stood.open()).as("accepted").isBetween(1, connected - 1);
    }

    @Test
    void shouldRejectWhenNoDescriptorIsLeftToReceiveWith() throws Exception {
        int rounds = sized(20, 5);
        HandoffBroker broker = broker();
        try (LimitedBackendProcess backend = startBackend();
                BrokeredClients clients = new BrokeredClients()) {
            long sockets = backend.sockets();
            warmUp(backend, clients);
            try (IdleConnections idle = IdleConnections.open(socket(), LIMIT);
                    Client client = clients.connect()) {
                int open = await().atMost(PATIENCE)
                        .until(backend::counts, counts -> counts.acceptFailures() > 0)
                        .open();
                // One descriptor is free: for the next connection, but not for what that brings.
                idle.closeAllBut(open - 1);

                for (int round = 0; round < rounds; round++) {
                    assertThat(handOff(broker, client)).isEqualTo(new HandoffOutcome.Rejected(LOST));
                    assertThat(client.ask("anyone")).isEqualTo(BrokeredClients.ANSWER);
                }
                assertThat(backend.counts().refused(Reason.DESCRIPTOR_LOST)).isEqualTo(rounds);

                idle.closeAllBut(0);
                await().atMost(PATIENCE).until(backend::counts, counts -> counts.open() == 0);
                assertThat(handOff(broker, client)).isEqualTo(new HandoffOutcome.Accepted());
                assertThat(client.ask("anyone")).isEqualTo("anyone");
            }
            await().atMost(PATIENCE).until(backend::sockets, now -> now == sockets);
            page.receiving(rounds, backend.counts(), sockets);
        }
    }

    /**
     * The kernel does not limit what root has in flight, unless it lacks the capabilities for that. A full socket buffer is
     * in the library's own tests ({@code HandoffBrokerIT}): a new connection has room for 16 bytes otherwise.
     */
    @Test
    void shouldKeepTheClientWhenTheBrokerCannotSend() throws Exception {
        try (LimitedBackendProcess backend = startBackend();
                LineProcess broker = ChildJvm.startWithDescriptors(
                        BROKER_LIMIT,
                        withoutPrivileges(),
                        LimitedBroker.class,
                        List.of("-Xmx128m"),
                        List.of(socket().toString()))) {
            broker.expectLine(LimitedBroker.READY);
            String accepted = "Accepted[]; served by backend";
            assertThat(broker.ask(LimitedBroker.HAND_OFF)).isEqualTo(accepted);
            long sockets = OpenSockets.of(broker.handle());

            String tooMany;
            try (DescriptorsInFlight flight = new DescriptorsInFlight(directory.resolve("flight"))) {
                // All processes of a user count together. Well over the limit: others may receive some of theirs
                // meanwhile.
                flight.fill(2 * BROKER_LIMIT);
                tooMany = broker.ask(LimitedBroker.HAND_OFF);
            }
            assertThat(tooMany)
                    .startsWith("failed at SEND, usable true: ")
                    .contains("sendmsg", "Too many references")
                    .endsWith("; served by broker");
            assertThat(broker.ask(LimitedBroker.HAND_OFF)).isEqualTo(accepted);

            assertThat(broker.ask(LimitedBroker.FILL_DESCRIPTORS)).contains("Too many open files");
            String noneLeft = broker.ask(LimitedBroker.HAND_OFF);
            assertThat(noneLeft)
                    .startsWith("failed at CONNECT, usable true: ")
                    .contains("Too many open files")
                    .endsWith("; served by broker");
            broker.ask(LimitedBroker.CLOSE_DESCRIPTORS);
            assertThat(broker.ask(LimitedBroker.HAND_OFF)).isEqualTo(accepted);

            await().atMost(PATIENCE).until(() -> OpenSockets.of(broker.handle()), now -> now == sockets);
            await().atMost(PATIENCE).until(backend::counts, counts -> counts.open() == 0);
            page.sending(tooMany, noneLeft);
        }
    }

    @AfterAll
    void writePage() throws IOException {
        page.write();
    }

    private LimitedBackendProcess startBackend() throws IOException, InterruptedException {
        return LimitedBackendProcess.startWithDescriptors(
                LIMIT,
                new Settings(socket(), Duration.ofMinutes(2), 4 * LIMIT, HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH));
    }

    /** A class may have to be looked for in a jar that is not open yet, which would then be impossible. */
    private void warmUp(LimitedBackendProcess backend, BrokeredClients clients) throws Exception {
        try (Client client = clients.connect()) {
            assertThat(handOff(broker(), client)).isEqualTo(new HandoffOutcome.Accepted());
            assertThat(client.ask("anyone")).isEqualTo("anyone");
        }
        await().atMost(PATIENCE).until(backend::counts, counts -> counts.open() == 0);
    }

    /** Only root has any, and needs none of these for anything else. */
    private static List<String> withoutPrivileges() throws IOException {
        boolean isRoot = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        return isRoot ? List.of("setpriv", "--inh-caps=-all", "--bounding-set=-sys_resource,-sys_admin") : List.of();
    }

    private HandoffBroker broker() {
        return HandoffBroker.builder(socket()).timeout(PATIENCE).build();
    }

    private static HandoffOutcome handOff(HandoffBroker broker, Client client) throws Exception {
        return begin(broker, client).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static Future<HandoffOutcome> begin(HandoffBroker broker, Client client) {
        return broker.handOff(client.channel(), "echo", HandoffToken.random(), 1);
    }

    private Path socket() {
        return directory.resolve("s");
    }
}
