package io.handoff.reliability;

import static io.handoff.reliability.Reliability.sized;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.benchmarks.compare.CpuTime;
import io.handoff.benchmarks.compare.LineProcess;
import io.handoff.benchmarks.compare.OpenSockets;
import io.handoff.benchmarks.load.LoadGenerator;
import io.handoff.benchmarks.load.LoadMode;
import io.handoff.benchmarks.load.LoadPlan;
import io.handoff.benchmarks.load.LoadProgress;
import io.handoff.benchmarks.load.LoadResult;
import io.handoff.netty.HandoffBroker;
import io.handoff.netty.HandoffFrameDecoder;
import io.handoff.netty.HandoffOutcome;
import io.handoff.netty.HandoffRejection.Reason;
import io.handoff.netty.HandoffToken;
import io.handoff.reliability.BrokeredClients.Client;
import io.handoff.reliability.LimitedBackendProcess.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that have no descriptor left: to accept with, to receive with, and to send. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DescriptorExhaustionIT {

    /** RLIMIT_NOFILE of the backend. */
    private static final int LIMIT = 256;

    /** RLIMIT_NOFILE of the broker; what other processes of this user have in flight should not matter beside it. */
    private static final int BROKER_LIMIT = 1024;

    /** Of one processor, while nothing can be accepted. */
    private static final double QUIET = 0.25;

    static final String LOST = "handoff descriptor could not be received: the backend has too many open files";

    private final ExhaustionPage page = new ExhaustionPage();
    private final ExecutorService background = Executors.newSingleThreadExecutor();

    @TempDir
    Path directory;

    @Test
    void shouldWaitWithoutSpinningWhenNoDescriptorIsLeftToAcceptWith() throws Exception {
        try (LimitedBackendProcess backend = startBackend()) {
            long sockets = backend.sockets();
            warmUp(backend);
            Future<LoadResult> waiting;
            CountDownLatch waited = new CountDownLatch(1);
            try (IdleConnections idle = IdleConnections.open(socket(), LIMIT)) {
                BackendCounts reached = await().until(backend::counts, counts -> counts.acceptFailures() > 0);
                CpuTime from = backend.cpu();
                BackendCounts stood = await().atMost(Duration.ofMinutes(1))
                        .pollInterval(Duration.ofSeconds(1))
                        .until(
                                backend::counts,
                                counts -> counts.acceptFailures() >= reached.acceptFailures() + sized(8, 2));
                double processors = backend.cpu().processorsSince(from);
                page.accepting(LIMIT, stood, stood.acceptFailures() - reached.acceptFailures(), processors);
                assertThat(processors).as("processors used at the limit").isLessThan(QUIET);
                await().until(backend::counts, counts -> !counts.isAccepting());
                assertThat(stood.lastAcceptFailure()).contains("accept", "Too many open files");
                assertThat(stood.open()).as("accepted").isBetween(1, idle.count() - 1);

                waiting = background.submit(() -> load(Duration.ofSeconds(3), progress -> waited.countDown()));
                assertThat(waited.await(20, TimeUnit.SECONDS)).isTrue();
            }
            LoadResult resumed = waiting.get(60, TimeUnit.SECONDS);

            assertThat(resumed.errors()).isEmpty();
            assertThat(resumed.completed()).isPositive();
            await().until(backend::sockets, now -> now == sockets);
            await().until(backend::counts, BackendCounts::isAccepting);
            page.resumed(resumed, sockets);
        }
    }

    @Test
    void shouldRejectWhenNoDescriptorIsLeftToReceiveWith() throws Exception {
        int rounds = sized(20, 5);
        HandoffBroker broker = HandoffBroker.builder(socket()).build();
        try (LimitedBackendProcess backend = startBackend();
                BrokeredClients clients = new BrokeredClients()) {
            long sockets = backend.sockets();
            warmUp(backend);
            try (IdleConnections idle = IdleConnections.open(socket(), LIMIT);
                    Client client = clients.connect()) {
                int open = await().until(backend::counts, counts -> counts.acceptFailures() > 0)
                        .open();
                // One descriptor is free: for the next connection, but not for what that brings.
                idle.closeAllBut(open - 1);

                for (int round = 0; round < rounds; round++) {
                    assertThat(handOff(broker, client)).isEqualTo(new HandoffOutcome.Rejected(LOST));
                    assertThat(client.ask("anyone")).isEqualTo(BrokeredClients.ANSWER);
                }
                assertThat(backend.counts().refused(Reason.DESCRIPTOR_LOST)).isEqualTo(rounds);

                idle.closeAllBut(0);
                await().until(backend::counts, counts -> counts.open() == 0);
                assertThat(handOff(broker, client)).isEqualTo(new HandoffOutcome.Accepted());
                assertThat(client.ask("anyone")).isEqualTo("anyone");
            }
            await().until(backend::sockets, now -> now == sockets);
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
                        List.of(socket().toString(), directory.resolve("flight").toString()))) {
            broker.expectLine(LimitedBroker.READY);
            String accepted = "Accepted[]; served by backend";
            assertThat(broker.ask(LimitedBroker.HAND_OFF)).isEqualTo(accepted);
            long sockets = OpenSockets.of(broker.handle());

            assertThat(broker.ask(LimitedBroker.FILL_FLIGHT)).contains("Too many references");
            String tooMany = broker.ask(LimitedBroker.HAND_OFF);
            assertThat(tooMany)
                    .startsWith("failed at SEND, usable true: ")
                    .contains("sendmsg", "Too many references")
                    .endsWith("; served by broker");
            broker.ask(LimitedBroker.EMPTY_FLIGHT);
            assertThat(broker.ask(LimitedBroker.HAND_OFF)).isEqualTo(accepted);

            assertThat(broker.ask(LimitedBroker.FILL_DESCRIPTORS)).contains("Too many open files");
            String noneLeft = broker.ask(LimitedBroker.HAND_OFF);
            assertThat(noneLeft)
                    .startsWith("failed at CONNECT, usable true: ")
                    .contains("Too many open files")
                    .endsWith("; served by broker");
            broker.ask(LimitedBroker.CLOSE_DESCRIPTORS);
            assertThat(broker.ask(LimitedBroker.HAND_OFF)).isEqualTo(accepted);

            await().until(() -> OpenSockets.of(broker.handle()), now -> now == sockets);
            await().until(backend::counts, counts -> counts.open() == 0);
            page.sending(tooMany, noneLeft);
        }
    }

    @AfterAll
    void writePage() throws IOException {
        background.shutdownNow();
        page.write();
    }

    private LimitedBackendProcess startBackend() throws IOException, InterruptedException {
        return LimitedBackendProcess.startWithDescriptors(
                LIMIT,
                new Settings(socket(), Duration.ofMinutes(2), 4 * LIMIT, HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH));
    }

    /** A class may have to be looked for in a jar that is not open yet, which would then be impossible. */
    private void warmUp(LimitedBackendProcess backend) throws IOException {
        LoadResult warm = load(Duration.ofSeconds(3), progress -> {});
        assertThat(warm.errors()).isEmpty();
        await().until(backend::counts, counts -> counts.open() == 0);
    }

    /** Only root has any, and needs none of these for anything else. */
    private static List<String> withoutPrivileges() throws IOException {
        boolean isRoot = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        return isRoot ? List.of("setpriv", "--inh-caps=-all", "--bounding-set=-sys_resource,-sys_admin") : List.of();
    }

    private static HandoffOutcome handOff(HandoffBroker broker, Client client) throws Exception {
        return broker.handOff(client.channel(), "echo", HandoffToken.random(), 1)
                .get(20, TimeUnit.SECONDS);
    }

    private LoadResult load(Duration duration, Consumer<LoadProgress> progress) throws IOException {
        return LoadGenerator.run(
                new LoadPlan(socket(), LoadMode.DESCRIPTOR, 4, 1, Duration.ZERO, duration, false), progress);
    }

    private Path socket() {
        return directory.resolve("s");
    }
}
