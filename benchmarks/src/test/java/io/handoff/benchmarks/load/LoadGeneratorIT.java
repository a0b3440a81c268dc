package io.handoff.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.handoff.proto.v1.Frame;
import io.handoff.testkit.OpenDescriptors;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadGeneratorIT {

    private static final Duration WARM_UP = Duration.ofMillis(20);
    private static final Duration DURATION = Duration.ofMillis(150);
    private static final Duration SHORT_TIMEOUT = Duration.ofMillis(60);
    private static final Duration LONG_TIMEOUT = Duration.ofSeconds(30);
    private static final int BACKLOG = 50;
    private static final int ECHO_LENGTH = 16;
    private static final int MORE_THAN_ANY_PEER_SENDS = 1_000_000;

    @TempDir
    Path directory;

    private Path socket;
    private Set<String> openBefore;
    private final List<AutoCloseable> peers = new ArrayList<>();

    @BeforeEach
    void listOpenSockets() throws IOException {
        socket = directory.resolve("s");
        // The JDK opens a socket of its own along with the first one of the program, and keeps it.
        SocketChannel.open(StandardProtocolFamily.UNIX).close();
        openBefore = OpenDescriptors.here();
    }

    /** The generator has closed by then; what the peers have open they close a little later. */
    @AfterEach
    void shouldLeaveNoDescriptorOpen() throws Exception {
        for (AutoCloseable peer : peers) {
            peer.close();
        }
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(OpenDescriptors.here()).isSubsetOf(openBefore));
    }

    private LoadPlan plan(LoadMode mode, int concurrency, int depth) {
        return new LoadPlan(socket, mode, concurrency, depth, WARM_UP, DURATION, false);
    }

    private <T extends AutoCloseable> T opened(T peer) {
        peers.add(peer);
        return peer;
    }

    private void serve(RawServer.Treatment treatment) throws IOException {
        opened(new RawServer(socket, BACKLOG, treatment));
    }

    private static LoadResult run(LoadPlan plan) throws IOException {
        return LoadGenerator.run(plan, progress -> {});
    }

    private static LoadResult run(LoadPlan plan, Duration answerTimeout) throws IOException {
        return LoadGenerator.run(plan, answerTimeout, 1, progress -> {});
    }

    /** However long that takes here. */
    private static LoadResult runUntilCompleted(long atLeast, LoadPlan plan) throws IOException {
        return LoadGenerator.run(plan, LONG_TIMEOUT, atLeast, progress -> {});
    }

    private static void assertFailed(LoadResult result, String error) {
        assertThat(result.errors()).containsOnlyKeys(error);
        assertThat(result.completed()).isZero();
    }

    private static void assertGood(LoadResult result) {
        assertThat(result.errors()).isEmpty();
        assertThat(result.completed()).isPositive();
        assertThat(result.latencyNanos().getTotalCount()).isEqualTo(result.completed());
        assertThat(result.latencyNanos().getMinValue()).isPositive();
        assertThat(result.elapsed()).isGreaterThanOrEqualTo(DURATION);
        assertThat(result.perSecond()).isPositive();
        assertThat(result.cpu()).isPositive().isLessThan(result.elapsed().plusMillis(50));
    }

    @ParameterizedTest
    @EnumSource(names = {"DESCRIPTOR", "BROKER"})
    void shouldHandConnectionsOverWhenTheBackendAdoptsThem(LoadMode mode) throws Exception {
        LoadedBackend backend = opened(LoadedBackend.adopting(socket));
        LoadResult result = run(plan(mode, 8, 1));
        assertGood(result);
        assertThat(backend.offersAccepted()).isGreaterThanOrEqualTo(result.completed());
    }

    @Test
    void shouldOfferOnFreshConnectionsWhenFresh() throws Exception {
        LoadedBackend backend = opened(LoadedBackend.framed(socket, 8));
        LoadResult result = run(plan(LoadMode.FRESH, 8, 1));
        assertGood(result);
        assertThat(backend.offersAccepted()).isGreaterThanOrEqualTo(result.completed());
    }

    @Test
    void shouldOfferAgainAndAgainOnEachConnectionWhenPipelined() throws Exception {
        int connections = 3;
        int depth = 16;
        LoadedBackend backend = opened(LoadedBackend.framed(socket, connections * depth));
        LoadResult result = run(plan(LoadMode.PIPELINED, connections, depth));
        assertGood(result);
        assertThat(backend.offersAccepted()).isGreaterThanOrEqualTo(result.completed());
    }

    /** A socket takes about 200 KB, and these are 300 KB of offers. */
    @Test
    void shouldSendEveryOfferWholeWhenTheSocketTakesAPart() throws Exception {
        LoadPlan plan = new LoadPlan(socket, LoadMode.PIPELINED, 1, 5000, WARM_UP, DURATION, true);
        int atOnce = 100;
        serve(connection -> {
            for (int next = 0; true; next++) {
                int slot = slotOf(RawServer.readFrame(connection));
                if (slot != next % plan.depth()) {
                    throw new IOException("slot " + slot + " has come out of turn");
                }
                if (slot % atOnce == atOnce - 1) {
                    RawServer.write(connection, Acks.accepting(0), atOnce);
                }
            }
        });
        LoadResult result = runUntilCompleted(plan.depth() + 1, plan);
        assertGood(result);
        assertThat(result.completed()).isGreaterThan(plan.depth());
    }

    private static int slotOf(ByteBuffer frame) throws IOException {
        return LoadTokens.slot(
                Frame.parseFrom(frame.position(SlotFrames.HEADER_LENGTH)).getRequestId());
    }

    @Test
    void shouldKeepAsManyOffersOutstandingAsPlannedWhenPipelined() throws Exception {
        LoadPlan plan = plan(LoadMode.PIPELINED, 1, 7);
        int answeredAtOnce = 3;
        AtomicInteger connections = new AtomicInteger();
        serve(connection -> {
            connections.incrementAndGet();
            int outstanding = 0;
            for (int answered = 0; true; answered++) {
                while (answered % answeredAtOnce == 0 && outstanding < plan.depth()) {
                    RawServer.readFrame(connection);
                    outstanding++;
                }
                RawServer.write(connection, Acks.accepting(answered % plan.depth()), 1);
                outstanding--;
            }
        });
        LoadResult result = runUntilCompleted(10L * plan.depth(), plan);
        assertGood(result);
        assertThat(result.completed()).isGreaterThanOrEqualTo(10L * plan.depth());
        assertThat(connections).hasValue(1);
    }

    @Test
    void shouldTakeTheSameAckForAllWhenToldTo() throws Exception {
        serve(LoadGeneratorIT::acceptAsIfOfSlot0);
        assertGood(run(new LoadPlan(socket, LoadMode.PIPELINED, 1, 2, WARM_UP, DURATION, true)));
    }

    @Test
    void shouldCountTheAckOfAnotherOffer() throws Exception {
        serve(LoadGeneratorIT::acceptAsIfOfSlot0);
        LoadResult result = run(plan(LoadMode.PIPELINED, 1, 2));
        assertThat(result.errors()).containsOnlyKeys("ACK of another offer");
        assertThat(result.completed()).isPositive();
    }

    private static void acceptAsIfOfSlot0(SocketChannel connection) throws IOException {
        while (true) {
            RawServer.readFrame(connection);
            RawServer.write(connection, Acks.accepting(0), 1);
        }
    }

    @Test
    void shouldConnectToAnEchoServerWhenNothingIsHandedOver() throws Exception {
        serve(LoadGeneratorIT::echo);
        assertGood(run(plan(LoadMode.RECONNECT, 4, 1)));
    }

    private static void echo(SocketChannel connection) throws IOException {
        connection.write(RawServer.read(connection, ECHO_LENGTH));
    }

    @Test
    void shouldCountAWrongEcho() throws Exception {
        serve(connection -> {
            RawServer.read(connection, ECHO_LENGTH);
            connection.write(ByteBuffer.allocate(ECHO_LENGTH));
        });
        assertFailed(run(plan(LoadMode.RECONNECT, 1, 1)), "wrong echo");
    }

    @ParameterizedTest
    @EnumSource(names = {"FRESH", "PIPELINED"})
    void shouldNameTheReasonWhenOffersAreRejected(LoadMode mode) throws Exception {
        opened(LoadedBackend.framed(socket, 0));
        assertFailed(run(plan(mode, 2, 2)), "rejected: handoff token is not pending");
    }

    @ParameterizedTest
    @EnumSource(names = {"DESCRIPTOR", "BROKER"})
    void shouldNameTheReasonWhenConnectionsAreRejected(LoadMode mode) throws Exception {
        opened(LoadedBackend.refusing(socket, "not today"));
        assertFailed(run(plan(mode, 2, 1)), "rejected: not today");
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountTheEndOfTheConnectionWhenThePeerClosesEarly(LoadMode mode) throws Exception {
        serve(connection -> RawServer.read(connection, 1));
        LoadResult result = run(plan(mode, 2, 1));
        assertThat(result.errors())
                .isNotEmpty()
                .allSatisfy((text, count) -> assertThat(text)
                        .containsAnyOf("connection closed before", "Connection reset by peer", "Broken pipe"));
        assertThat(result.completed()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"FRESH", "PIPELINED"})
    void shouldStartAnewWhenTheFirstConnectionEndsInTheMiddleOfAnAck(LoadMode mode) throws Exception {
        AtomicInteger connections = new AtomicInteger();
        serve(connection -> {
            boolean isFirst = connections.getAndIncrement() == 0;
            while (true) {
                int slot = slotOf(RawServer.readFrame(connection));
                byte[] ack = Acks.accepting(slot);
                boolean isBroken = isFirst && slot == plan(mode, 1, 2).slots() - 1;
                RawServer.write(connection, isBroken ? Arrays.copyOf(ack, 9) : ack, 1);
                if (isBroken) {
                    return;
                }
            }
        });
        assertFailedOnceOnly(run(plan(mode, 1, 2)));
    }

    @Test
    void shouldStartAnewWhenTheFirstConnectionEndsInTheMiddleOfAnEcho() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        serve(connection -> {
            ByteBuffer text = RawServer.read(connection, ECHO_LENGTH);
            connection.write(connections.getAndIncrement() == 0 ? text.limit(9) : text);
        });
        assertFailedOnceOnly(run(plan(LoadMode.RECONNECT, 1, 1)));
    }

    private static void assertFailedOnceOnly(LoadResult result) {
        assertThat(result.errors().values()).containsExactly(1L);
        assertThat(result.completed()).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountAnswersThatDoNotCome(LoadMode mode) throws Exception {
        serve(LoadGeneratorIT::keepSilent);
        assertFailed(run(plan(mode, 1, 1), SHORT_TIMEOUT), "no answer within 60 ms");
    }

    @Test
    void shouldWaitAsLongForEachAnswerWhenAConnectionStaysOpen() throws Exception {
        opened(LoadedBackend.framed(socket, 2));
        Duration timeout = Duration.ofSeconds(2);
        Duration duration = timeout.plus(DURATION);
        assertGood(run(new LoadPlan(socket, LoadMode.PIPELINED, 1, 2, WARM_UP, duration, false), timeout));
    }

    @Test
    void shouldGoOnUntilAnAnswerIsMissingWhenTheRunIsShorterThanTheTimeout() throws Exception {
        serve(LoadGeneratorIT::keepSilent);
        assertFailed(run(plan(LoadMode.FRESH, 1, 1), DURATION.multipliedBy(2)), "no answer within 300 ms");
    }

    @Test
    void shouldGoOnUntilOneIsCompletedWhenTheAnswerComesAfterTheDuration() throws Exception {
        CompletableFuture<Void> firstProgress = new CompletableFuture<>();
        serve(connection -> {
            ByteBuffer text = RawServer.read(connection, ECHO_LENGTH);
            firstProgress.join();
            connection.write(text);
        });
        LoadPlan plan = plan(LoadMode.RECONNECT, 1, 1);
        assertGood(LoadGenerator.run(plan, LONG_TIMEOUT, 1, progress -> firstProgress.complete(null)));
    }

    private static void keepSilent(SocketChannel connection) throws IOException {
        RawServer.read(connection, MORE_THAN_ANY_PEER_SENDS);
    }

    @Test
    void shouldCountRefusalsWhenNobodyListens() throws Exception {
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(socket)).close();
        LoadResult result = run(plan(LoadMode.FRESH, 1, 1));
        assertFailed(result, "connect(..) failed with error(-111): Connection refused");
        assertThat(result.errors().values())
                .as("it waits a little before the next attempt")
                .allSatisfy(count ->
                        assertThat(count).isLessThanOrEqualTo(result.elapsed().toMillis()));
    }

    @Test
    void shouldFailAtOnceWhenThereIsNoSocket() {
        assertThatThrownBy(() -> run(plan(LoadMode.FRESH, 1, 1)))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(socket + ": no such socket");
    }

    @Test
    void shouldWaitForRoomInTheBacklog() throws Exception {
        opened(new RawServer(socket, 1, LoadGeneratorIT::echo));
        assertGood(run(plan(LoadMode.RECONNECT, 16, 1)));
    }

    /** Were a full backlog an error, its text would be another. */
    @Test
    void shouldWaitInVainWhenTheBacklogStaysFull() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
        opened(ServerSocketChannel.open(StandardProtocolFamily.UNIX)).bind(address, 1);
        opened(SocketChannel.open(address));
        opened(SocketChannel.open(address));
        assertFailed(run(plan(LoadMode.RECONNECT, 1, 1), SHORT_TIMEOUT), "no answer within 60 ms");
    }

    @Test
    void shouldTellProgressAndEndWhenTheCallerIsInterrupted() throws Exception {
        opened(LoadedBackend.adopting(socket));
        LoadPlan endless =
                new LoadPlan(socket, LoadMode.DESCRIPTOR, 2, 1, Duration.ofHours(1), Duration.ofHours(1), false);
        List<LoadProgress> told = new ArrayList<>();
        assertThatThrownBy(() -> LoadGenerator.run(endless, progress -> {
                    told.add(progress);
                    if (progress.perSecond() > 0) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(told).allSatisfy(progress -> {
            assertThat(progress.isWarmUp()).isTrue();
            assertThat(progress.errors()).isZero();
        });
        assertThat(told).filteredOn(progress -> progress.perSecond() > 0).hasSize(1);
    }
}
