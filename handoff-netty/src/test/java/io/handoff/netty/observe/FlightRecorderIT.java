package io.handoff.netty.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.Frames;
import io.handoff.netty.backend.DescriptorPolicy;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.Offer;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.EventType;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the JDK's Flight Recorder keeps of a server, read back from its file. */
@ExtendWith(NoDescriptorsLeft.class)
class FlightRecorderIT {

    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @TempDir
    Path directory;

    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @AfterEach
    void stop() {
        EventLoops.end(workers);
    }

    private HandoffServer start() throws Exception {
        return HandoffServer.builder(directory.resolve("handoff.sock"))
                .descriptors(DescriptorPolicy.OPTIONAL)
                .adoptInto(workers, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
                    }
                })
                .start()
                .get();
    }

    @Test
    void shouldRecordHandoffsRejectionsAndWireErrors() throws Exception {
        long start = System.nanoTime();
        ClientConnection pair = ClientConnection.unix();
        List<RecordedEvent> recorded;
        Duration elapsed;
        try (RecordedEvents events = RecordedEvents.start()) {
            try (HandoffServer server = start()) {
                HandoffToken carried = server.tokens().issue().get();
                HandoffToken framed = server.tokens().issue().get();
                try (TestBroker broker = TestBroker.connect(server.path())) {
                    broker.send(carried.toBytes(), pair.accepted().descriptor())
                            .send(Frames.framed(Frames.offerFrame(carried, -1)
                                    .setTraceparent(TRACEPARENT)
                                    .build()));
                    assertThat(broker.receiveToEnd()).isEqualTo(Frames.accepting(carried, -1));
                }
                try (TestBroker broker = TestBroker.connect(server.path())) {
                    broker.send(Frames.concat(Frames.offer(framed, 2), Frames.offer(framed, 3), new byte[] {9}));
                    assertThat(broker.receiveToEnd())
                            .isEqualTo(Frames.concat(
                                    Frames.accepting(framed, 2),
                                    Frames.rejecting(framed, 3, "handoff token is not pending")));
                }
            }
            elapsed = Duration.ofNanos(System.nanoTime() - start);
            recorded = events.stopTo(directory.resolve("handoff.jfr"));
        }
        pair.close();

        assertThat(recorded)
                .extracting(event -> event.getEventType().getName())
                .containsExactlyInAnyOrder(
                        "io.handoff.Handoff", "io.handoff.Handoff", "io.handoff.Rejection", "io.handoff.WireError");
        assertThat(recorded).allSatisfy(event -> {
            assertThat(event.getInt("peerPid"))
                    .isEqualTo((int) ProcessHandle.current().pid());
            assertThat(event.<Object>getValue("peerUid")).isEqualTo(Files.getAttribute(directory, "unix:uid"));
            assertThat(event.getEventType().getCategoryNames()).containsExactly("Handoff");
            assertThat(event.getStackTrace()).isNull();
        });
        RecordedEvent adopted = about(-1, recorded);
        assertThat(adopted.getString("traceparent")).isEqualTo(TRACEPARENT);
        assertThat(adopted.getBoolean("adopted")).isTrue();
        assertThat(adopted.getDuration("answerTime")).isPositive();
        assertThat(adopted.getDuration("timeSinceAccept")).isBetween(adopted.getDuration("answerTime"), elapsed);
        RecordedEvent accepted = about(2, recorded);
        assertThat(accepted.getBoolean("adopted")).isFalse();
        assertThat(accepted.getString("traceparent")).isNull();
        RecordedEvent rejected = about(3, recorded);
        assertThat(rejected.getString("reason")).isEqualTo("TOKEN_NOT_PENDING");
        assertThat(rejected.getString("detail")).isEqualTo("handoff token is not pending");
        assertThat(rejected.getDuration("answerTime")).isBetween(Duration.ofNanos(1), elapsed);
        RecordedEvent wireError = recorded.stream()
                .filter(event -> event.getEventType().getName().equals("io.handoff.WireError"))
                .findFirst()
                .orElseThrow();
        assertThat(wireError.getString("kind")).isEqualTo("UNSUPPORTED_FRAMING_VERSION");
        assertThat(wireError.getString("message")).isEqualTo("unsupported framing version: got 9, expected 1");
    }

    @Test
    void shouldRecordAnOfferWhoseAckCouldNotBeWritten() throws Exception {
        List<RecordedEvent> recorded;
        try (RecordedEvents events = RecordedEvents.start()) {
            new EventRecorder()
                    .ackFailed(
                            new HandoffPeer(4711, 1000, 1000),
                            new HandoffAnswer.Accepted(Offer.of(HandoffToken.random(), "a service", 7)));
            recorded = events.stopTo(directory.resolve("handoff.jfr"));
        }

        assertThat(recorded).hasSize(1);
        assertThat(recorded.get(0).getInt("peerPid")).isEqualTo(4711);
        assertThat(recorded.get(0).getBoolean("accepted")).isTrue();
        assertThat(about(7, recorded).getEventType().getName()).isEqualTo("io.handoff.Unanswered");
    }

    @Test
    void shouldHaveTheFieldsOfThePage() throws Exception {
        List<String> page = Files.readAllLines(Path.of("../docs/metrics.md"));

        for (Class<? extends PeerEvent> event : RecordedEvents.TYPES) {
            EventType type = EventType.getEventType(event);
            String fields = type.getFields().stream()
                    .map(ValueDescriptor::getName)
                    .filter(name -> !List.of("startTime", "duration", "eventThread", "stackTrace")
                            .contains(name))
                    .map(name -> "`" + name + "`")
                    .sorted()
                    .collect(Collectors.joining(", "));
            assertThat(page)
                    .filteredOn(line -> line.startsWith("| `" + type.getName() + "` |"))
                    .singleElement()
                    .extracting(
                            line -> Stream.of(line.split("\\|", -1)[3].strip().split(", ", -1))
                                    .sorted()
                                    .collect(Collectors.joining(", ")))
                    .isEqualTo(fields);
        }
    }

    private static RecordedEvent about(long correlationId, List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> event.hasField("correlationId") && event.getLong("correlationId") == correlationId)
                .findFirst()
                .orElseThrow();
    }
}
