package io.handoff.netty.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.handoff.netty.CapturedLog;
import io.handoff.netty.Warns;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.takeover.TakeoverReport.End;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.testkit.BackendScript;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.HandoffFrames;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.ScriptedBackend;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Releases of a program that take over from each other under their clients. */
@ExtendWith(NoDescriptorsLeft.class)
@Timeout(120)
class HandoffTakeoverIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<LineClient> clients = new ArrayList<>();
    private Release first;
    private SocketAddress address;

    @BeforeEach
    void startFirst() throws Exception {
        first = release("first");
        address = first.listen();
    }

    @AfterEach
    void stop() throws Exception {
        clients.forEach(LineClient::close);
        for (AutoCloseable each : opened) {
            each.close();
        }
        EventLoops.end(loops);
    }

    private Path socket(String name) {
        return directory.resolve(name + ".sock");
    }

    private Release release(String name) throws Exception {
        return opened(new Release(name, socket(name), loops));
    }

    private <R extends AutoCloseable> R opened(R resource) {
        opened.add(resource);
        return resource;
    }

    private LineClient client() throws IOException {
        LineClient client = new LineClient(address);
        clients.add(client);
        return client;
    }

    /** Each has been served once, by the first release. */
    private List<LineClient> clients(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertThat(client().ask("hello")).isEqualTo("first");
        }
        return clients;
    }

    private HandoffTakeoverBuilder takeover() {
        return first.takeoverBy(socket("second")).deadline(LONG).awaitSuccessor(LONG);
    }

    private static TakeoverReport reportOf(HandoffTakeover takeover) throws Exception {
        return takeover.report().get(60, TimeUnit.SECONDS);
    }

    private void assertServedBy(String release) throws IOException {
        for (LineClient client : clients) {
            assertThat(client.ask("and now?")).isEqualTo(release);
        }
    }

    /** Accepts all, and takes what travels; a descriptor stays open until the backend closes. */
    private static final BackendScript TAKE = broker -> {
        HandoffOffer offer = broker.handoff().offer();
        broker.send(HandoffFrames.ack(HandoffFrames.ackIn(HandoffFrames.accepting(offer)).toBuilder()
                .setTaken((long) offer.getUnread().size() + offer.getState().size())
                .build()));
    };

    /** Whoever connects and says nothing looks only whether somebody listens. */
    private ScriptedBackend scripted(BackendScript script) throws IOException {
        return opened(ScriptedBackend.start(socket("second"), broker -> {
            try {
                broker.handoff();
            } catch (AssertionError e) {
                assertThat(e).hasMessageStartingWith("0 descriptors came with the first byte");
                return;
            }
            script.serve(broker);
        }));
    }

    // All goes well

    @Test
    void shouldMoveEveryConnectionWithItsState() throws Exception {
        clients(50);
        release("second");

        TakeoverReport report = reportOf(takeover().start());

        assertThat(report.end()).isEqualTo(End.COMPLETE);
        assertThat(report.moved()).isEqualTo(50);
        assertThat(report.left() + report.lost() + report.ended() + report.closed())
                .isZero();
        assertThat(report.problem()).isEmpty();
        assertThat(report.slowest()).isPositive().isLessThanOrEqualTo(report.moving());
        assertServedBy("second");
        assertThat(List.copyOf(first.connections))
                .as("the listening channel stays")
                .hasSize(1)
                .allMatch(ServerChannel.class::isInstance);
    }

    @Test
    void shouldMoveConnectionsInTheMiddleOfALine() throws Exception {
        clients(10);
        for (LineClient client : clients) {
            client.begin("half a ");
        }
        release("second");

        assertThat(reportOf(takeover().start()).moved()).isEqualTo(10);

        for (LineClient client : clients) {
            assertThat(client.finish("half a line", "line")).isEqualTo("second");
        }
    }

    @Test
    @Warns(sometimes = "handoff adoption failed")
    void shouldLoseNoLineOfClientsThatFloodWhileReleasesTakeOverFromEachOther() throws Exception {
        int count = 6;
        int lines = 3000;
        ExecutorService threads = Executors.newFixedThreadPool(count);
        List<Future<Set<String>>> floods = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LineClient client = client();
            Random random = new Random(i);
            floods.add(threads.submit(() -> client.flood(lines, random)));
        }
        await().until(() -> first.connections.size() > count);
        Release now = first;
        for (String name : List.of("second", "third", "fourth")) {
            Release next = release(name);
            TakeoverReport report = reportOf(now.takeoverBy(socket(name))
                    .retryAfter(Duration.ofMillis(1))
                    .deadline(LONG)
                    .start());
            assertThat(report.end()).as("%s", report).isEqualTo(End.COMPLETE);
            assertThat(report.moved()).as("%s", report).isEqualTo(count);
            now = next;
        }
        threads.shutdown();

        for (Future<Set<String>> flood : floods) {
            assertThat(flood.get(60, TimeUnit.SECONDS)).isSubsetOf("first", "second", "third", "fourth");
        }
        for (LineClient client : clients) {
            client.socket.send("end\n");
            assertThat(client.socket.receiveText("fourth ".length())).isEqualTo("fourth ");
        }
    }

    @Test
    void shouldWaitForTheSuccessorAndServeMeanwhile() throws Exception {
        clients(5);

        HandoffTakeover takeover = takeover().start();
        assertServedBy("first");
        assertThat(takeover.progress().end()).isEqualTo(End.NOT_YET);
        release("second");

        TakeoverReport report = reportOf(takeover);
        assertThat(report.moved()).isEqualTo(5);
        assertThat(report.waited()).isPositive();
        assertServedBy("second");
    }

    @Test
    void shouldTakeAlongWhoComesMeanwhile() throws Exception {
        clients(3);
        AtomicBoolean mayGo = new AtomicBoolean();
        release("second");
        HandoffTakeover takeover = takeover()
                .departure(connection -> mayGo.get() ? Optional.of(Release.stateOf(connection)) : Optional.empty())
                .start();
        await().until(() -> takeover.progress().busy() == 3);
        clients(2);
        mayGo.set(true);

        assertThat(reportOf(takeover).moved()).isEqualTo(5);
        assertServedBy("second");
    }

    @Test
    void shouldHaveNothingToDoWithoutConnections() throws Exception {
        release("second");

        TakeoverReport report = reportOf(takeover().start());

        assertThat(report.end()).isEqualTo(End.COMPLETE);
        assertThat(report.moved()).isZero();
    }

    // Connections that cannot go

    @Test
    void shouldServeWhoCannotGoYetAndMoveThemLater() throws Exception {
        clients(6);
        release("second");
        AtomicBoolean mayGo = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        HandoffTakeover takeover = takeover()
                .departure(connection -> asked.getAndIncrement() % 2 == 0 || mayGo.get()
                        ? Optional.of(Release.stateOf(connection))
                        : Optional.empty())
                .retryAfter(Duration.ofMinutes(1))
                .start();
        await().until(() ->
                takeover.progress().moved() == 3 && takeover.progress().busy() == 3);

        for (LineClient client : clients) {
            assertThat(client.ask("who are you?")).isIn("first", "second");
        }
        TakeoverReport report = reportOf(cancelled(takeover));
        assertThat(report.end()).isEqualTo(End.CANCELLED);
        assertThat(report.problem()).isEqualTo("the program does not let it go now");
        mayGo.set(true);
        assertThat(reportOf(takeover().start()).moved()).isEqualTo(3);
        assertServedBy("second");
    }

    private static HandoffTakeover cancelled(HandoffTakeover takeover) {
        takeover.cancel();
        return takeover;
    }

    @Test
    void shouldCloseWhatIsLeftWhenTheTimeIsOver() throws Exception {
        clients(4);
        release("second");
        Channel stays = connectionsOf(first).get(0);

        TakeoverReport report = reportOf(takeover()
                .departure(
                        connection -> connection == stays ? Optional.empty() : Optional.of(Release.stateOf(connection)))
                .deadline(Duration.ofSeconds(2))
                .start());

        assertThat(report.end()).isEqualTo(End.DEADLINE);
        assertThat(report.moved()).isEqualTo(3);
        assertThat(report.busy()).isEqualTo(1);
        assertThat(report.closed()).isEqualTo(1);
        await().until(() -> !stays.isOpen());
        int served = 0;
        for (LineClient client : clients) {
            client.socket.send("who?\n");
            served += client.socket.receiveUpTo(1).length;
        }
        assertThat(served).isEqualTo(3);
    }

    private static List<Channel> connectionsOf(Release release) {
        return release.connections.stream()
                .filter(channel -> !(channel instanceof ServerChannel))
                .toList();
    }

    @Test
    void shouldKeepConnectionsWithADecoderAndNoBoundaryBuffer() throws Exception {
        Release plain = opened(new Release("plain", socket("plain"), loops, false, 100));
        address = plain.listen();
        LineClient client = client();
        assertThat(client.ask("hello")).isEqualTo("plain");
        release("second");

        HandoffTakeover takeover = plain.takeoverBy(socket("second")).start();
        await().until(() -> takeover.progress().busy() == 1);

        assertThat(client.ask("still there?")).isEqualTo("plain");
        assertThat(reportOf(cancelled(takeover)).problem())
                .startsWith("CLIENT_NOT_READY: handler ")
                .contains("LineBasedFrameDecoder) may hold bytes");
    }

    @Test
    void shouldKeepConnectionsWhoseStateIsOverTheSuccessorsCap() throws Exception {
        clients(2);
        opened(new Release("second", socket("second"), loops, true, 10));

        HandoffTakeover takeover =
                takeover().departure(connection -> Optional.of(new byte[11])).start();
        await().until(() -> takeover.progress().rejected() == 2);

        assertServedBy("first");
        TakeoverReport report = reportOf(cancelled(takeover));
        assertThat(report.rejections()).isPositive();
        assertThat(report.problem()).isEqualTo("handoff state was 11 bytes; at most 10 are taken");
    }

    @Test
    @Warns("the Departure of ")
    void shouldKeepConnectionsOfWhichTheProgramFailsToTell() throws Exception {
        clients(1);
        release("second");

        HandoffTakeover takeover = takeover()
                .departure(connection -> {
                    throw new IOException("injected");
                })
                .start();
        await().until(() -> takeover.progress().busy() == 1);

        assertServedBy("first");
        assertThat(reportOf(cancelled(takeover)).problem())
                .isEqualTo("the Departure failed: java.io.IOException: injected");
    }

    @Test
    void shouldCountClientsThatCloseResetAndEndTheirSideMeanwhile() throws Exception {
        clients(6);
        release("second");
        AtomicBoolean mayGo = new AtomicBoolean();
        HandoffTakeover takeover = takeover()
                .departure(connection -> mayGo.get() ? Optional.of(Release.stateOf(connection)) : Optional.empty())
                .retryAfter(Duration.ofMillis(1))
                .start();
        await().until(() -> takeover.progress().busy() == 6);
        clients.get(0).close();
        clients.get(1).socket.reset();
        clients.get(2).socket.shutdownOutput();
        await().until(() -> takeover.progress().ended() == 3);
        mayGo.set(true);

        TakeoverReport report = reportOf(takeover);
        assertThat(report.end()).isEqualTo(End.COMPLETE);
        assertThat(report.moved()).isEqualTo(3);
        assertThat(report.ended()).isEqualTo(3);
        for (LineClient client : clients.subList(3, 6)) {
            assertThat(client.ask("and now?")).isEqualTo("second");
        }
    }

    @Test
    void shouldEndWhenTheProgramEndsItsEventLoops() throws Exception {
        EventLoopGroup ending = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Release brief = opened(new Release("brief", socket("brief"), ending));
        address = brief.listen();
        assertThat(client().ask("hello")).isEqualTo("brief");
        release("second");
        CountDownLatch asked = new CountDownLatch(1);
        HandoffTakeover takeover = brief.takeoverBy(socket("second"))
                .departure(connection -> {
                    asked.countDown();
                    return Optional.empty();
                })
                .retryAfter(Duration.ofMillis(1))
                .start();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

        brief.close();
        EventLoops.end(ending);

        TakeoverReport report = reportOf(takeover);
        assertThat(report.end()).isEqualTo(End.COMPLETE);
        assertThat(report.ended()).isEqualTo(1);
    }

    // Successors that are not as they should be

    @Test
    void shouldLeaveEverythingWhereItIsWithoutASuccessor() throws Exception {
        clients(3);

        TakeoverReport report =
                reportOf(takeover().awaitSuccessor(Duration.ofMillis(200)).start());

        assertThat(report.end()).isEqualTo(End.NO_SUCCESSOR);
        assertThat(report.problem()).isEqualTo("nobody has listened at " + socket("second") + " for 200 ms");
        assertThat(report.moved() + report.closed()).isZero();
        assertServedBy("first");
    }

    @Test
    void shouldTryAgainWhatASuccessorRejects() throws Exception {
        clients(30);
        AtomicInteger offers = new AtomicInteger();
        scripted(broker ->
                (offers.incrementAndGet() % 3 == 0 ? BackendScript.reject("not this one") : TAKE).serve(broker));

        TakeoverReport report =
                reportOf(takeover().retryAfter(Duration.ofMillis(10)).start());

        assertThat(report.end()).isEqualTo(End.COMPLETE);
        assertThat(report.moved()).isEqualTo(30);
        assertThat(report.rejections()).isBetween(10L, 15L);
        assertThat(report.problem()).isEqualTo("not this one");
    }

    @Test
    void shouldCountConnectionsThatASuccessorHasAcceptedAndDroppedAsMoved() throws Exception {
        clients(3);
        scripted(broker -> {
            TAKE.serve(broker);
            broker.handoff().client().close();
        });

        TakeoverReport report = reportOf(takeover().start());

        assertThat(report.moved()).isEqualTo(3);
        for (LineClient client : clients) {
            assertThat(client.socket.receiveToEnd()).isEmpty();
        }
    }

    @Test
    void shouldCountConnectionsAsLostOfWhichASuccessorSaysNothing() throws Exception {
        clients(3);
        scripted(BackendScript.vanish());

        TakeoverReport report = reportOf(takeover().start());

        assertThat(report.lost()).isEqualTo(3);
        assertThat(report.problem()).isEqualTo("ACK: the backend closed the connection without a HandoffAck");
    }

    @Test
    @Warns("what travelled with a connection is lost")
    void shouldCountConnectionsAsLostThatASuccessorAcceptsWithoutTheirState() throws Exception {
        clients(1);
        scripted(BackendScript.accept());

        TakeoverReport report = reportOf(takeover().start());

        assertThat(report.lost()).isEqualTo(1);
        assertThat(report.problem()).startsWith("STATE_LOST: ");
    }

    @Test
    void shouldMoveSoManyAtOnceToASlowSuccessorAndLeaveTheOthersServedWhenCancelled() throws Exception {
        clients(10);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger atOnce = new AtomicInteger();
        opened(goOn::countDown);
        AtomicBoolean hasAnswered = new AtomicBoolean();
        scripted(broker -> {
            broker.handoff();
            if (hasAnswered.compareAndSet(false, true)) {
                TAKE.serve(broker);
            } else {
                atOnce.incrementAndGet();
                BackendScript.late(goOn, TAKE).serve(broker);
            }
        });

        HandoffTakeover takeover = takeover().atOnce(4).start();
        await().until(() -> atOnce.get() == 4);
        takeover.cancel();
        goOn.countDown();

        TakeoverReport report = reportOf(takeover);
        assertThat(report.end()).isEqualTo(End.CANCELLED);
        assertThat(report.moved()).isEqualTo(5);
        assertThat(report.waiting()).isEqualTo(5);
        assertThat(atOnce).hasValue(4);
        await().until(() -> connectionsOf(first).size() == 5);
        int servedHere = 0;
        for (LineClient client : clients) {
            client.socket.send("who?\n");
        }
        for (LineClient client : clients) {
            if (connectionsOf(first).stream().anyMatch(channel -> isOf(channel, client))) {
                assertThat(client.socket.receiveText("first".length())).isEqualTo("first");
                servedHere++;
            }
        }
        assertThat(servedHere).isEqualTo(5);
    }

    /** It may have only just started: what is on its way when the time is over is lost. */
    @Test
    void shouldSendOneAloneToASuccessorThatHasNotAnsweredYet() throws Exception {
        clients(10);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger sent = new AtomicInteger();
        opened(goOn::countDown);
        scripted(broker -> {
            broker.handoff();
            sent.incrementAndGet();
            BackendScript.late(goOn, BackendScript.vanish()).serve(broker);
        });

        HandoffTakeover takeover = takeover().start();
        await().until(() -> sent.get() > 0);
        takeover.cancel();
        goOn.countDown();

        TakeoverReport report = reportOf(takeover);
        assertThat(report.lost()).isEqualTo(1);
        assertThat(report.waiting()).isEqualTo(9);
        assertThat(sent).hasValue(1);
    }

    private static boolean isOf(Channel channel, LineClient client) {
        return channel.remoteAddress().equals(new Socket(client.socket.descriptor()).localAddress());
    }

    @Test
    void shouldLetOneOfTwoTakeoversHaveEachConnection() throws Exception {
        clients(40);
        release("second");
        release("third");

        HandoffTakeover one = takeover().retryAfter(Duration.ofMillis(1)).start();
        HandoffTakeover other = first.takeoverBy(socket("third"))
                .retryAfter(Duration.ofMillis(1))
                .deadline(LONG)
                .start();

        TakeoverReport toSecond = reportOf(one);
        TakeoverReport toThird = reportOf(other);
        assertThat(toSecond.moved() + toThird.moved()).isEqualTo(40);
        assertThat(toSecond.lost() + toThird.lost()).isZero();
        int bySecond = 0;
        for (LineClient client : clients) {
            bySecond += client.ask("who?").equals("second") ? 1 : 0;
        }
        assertThat(bySecond).isEqualTo(toSecond.moved());
    }

    @Test
    void shouldPaceWhatMoves() throws Exception {
        clients(5);
        release("second");

        TakeoverReport report = reportOf(takeover().perSecond(10).start());

        assertThat(report.moved()).isEqualTo(5);
        assertThat(report.moving()).isGreaterThan(Duration.ofMillis(300));
    }

    // What is told

    @Test
    void shouldTellOfItInAllItsWays() throws Exception {
        clients(20);
        release("second");
        Queue<TakeoverReport> told = new ConcurrentLinkedQueue<>();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Path recorded = directory.resolve("takeover.jfr");
        HandoffTakeoverBuilder builder = takeover().perSecond(50).progress(each -> {
            told.add(each);
            throw new IllegalStateException("injected");
        });
        TakeoverReport report;
        try (CapturedLog log = CapturedLog.of(HandoffTakeover.class.getName(), Level.INFO);
                Recording recording = new Recording()) {
            recording.enable("io.handoff.Takeover");
            recording.start();
            HandoffTakeover takeover = builder.start();
            new TakeoverMeterBinder(takeover).bindTo(registry);
            report = reportOf(takeover);
            recording.dump(recorded);
            assertThat(log.messages())
                    .filteredOn(message -> message.startsWith("INFO takeover by "))
                    .singleElement()
                    .asString()
                    .startsWith("INFO takeover by " + socket("second")
                            + " has ended: COMPLETE, moved=20 lost=0 ended=0 left=0 closed=0 rejections=0 ");
            assertThat(log.messages()).contains("WARN the progress listener of a takeover failed");
            assertThat(takeover.progress()).isEqualTo(report);
            assertThat(registry.get("handoff.takeover.connections")
                            .tag("standing", "moved")
                            .gauge()
                            .value())
                    .isEqualTo(20);
            assertThat(registry.get("handoff.takeover.moving").timeGauge().value(TimeUnit.NANOSECONDS))
                    .isEqualTo((double) report.moving().toNanos());
        }
        // Other tests of this process may be recorded, too.
        assertThat(RecordingFile.readAllEvents(recorded))
                .filteredOn(event -> event.getEventType().getName().equals("io.handoff.Takeover"))
                .anySatisfy(event -> {
                    assertThat(event.getInt("moved")).isEqualTo(20);
                    assertThat(event.getString("end")).isEqualTo("COMPLETE");
                    assertThat(event.getDuration("moving")).isEqualTo(report.moving());
                });
        assertThat(told).last().isEqualTo(report);
        assertThat(told).hasSizeGreaterThan(1);
        assertThat(told.element().end()).isEqualTo(End.NOT_YET);
    }

    @Test
    void shouldHaveEachMeterOnThePage() throws IOException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        HandoffBroker broker = Release.brokerTo(socket("second"));
        HandoffTakeover takeover =
                HandoffTakeover.builder(broker, first.connections).start();
        new TakeoverMeterBinder(takeover).bindTo(registry);
        takeover.cancel();
        String page = Files.readString(Path.of("../docs/metrics.md"));

        assertThat(registry.getMeters())
                .allSatisfy(meter -> assertThat(page)
                        .contains(
                                "| `" + meter.getId().getName() + "` |",
                                String.valueOf(meter.getId().getDescription())));
    }

    @Test
    void shouldRefuseSettingsOfNothing() {
        HandoffTakeoverBuilder builder = takeover();

        assertThatThrownBy(() -> builder.atOnce(0)).hasMessage("atOnce was 0; expected a positive number");
        assertThatThrownBy(() -> builder.perSecond(0)).hasMessage("perSecond was 0; expected a positive number");
        assertThatThrownBy(() -> builder.retryAfter(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.awaitSuccessor(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.deadline(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }
}
