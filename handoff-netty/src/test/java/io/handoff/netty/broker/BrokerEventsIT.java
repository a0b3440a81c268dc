package io.handoff.netty.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.observe.RecordedEvents;
import io.handoff.netty.wire.Offer;
import io.handoff.testkit.BackendScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.EventType;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;

/** What the Flight Recorder and the counts keep of a broker's handoffs. */
class BrokerEventsIT extends BrokerFixture {

    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String LONG_DETAIL = "no".repeat(1000);

    @Test
    void shouldRecordAndCountHowEachHandoffEnded() throws Exception {
        backend(BackendScript.inTurn(ACCEPT, BackendScript.reject(LONG_DETAIL), BackendScript.vanish()));
        HandoffBroker broker = broker();
        Path file = directory.resolve("broker.jfr");
        List<RecordedEvent> recorded;
        try (RecordedEvents events = RecordedEvents.start(List.of(BrokerHandoffEvent.class))) {
            Offer traced = Offer.of(TOKEN, "zccache", 1).tracedAs(TRACEPARENT, "");
            assertThat(get(broker.handOff(serve().channel(), traced))).isEqualTo(new Accepted());
            assertThat(get(broker.handOff(serve().channel(), "zccache", TOKEN, 2)))
                    .isEqualTo(new Rejected(LONG_DETAIL));
            assertThat(getFailed(broker.handOff(serve().channel(), "zccache", TOKEN, 3))
                            .stage())
                    .isEqualTo(Stage.ACK);
            recorded = events.stopTo(file);
        }

        assertThat(recorded).hasSize(3).allSatisfy(event -> {
            assertThat(event.getEventType().getName()).isEqualTo("io.handoff.BrokerHandoff");
            assertThat(event.getString("backend")).isEqualTo(socketPath().toString());
            assertThat(event.getDuration()).isBetween(Duration.ofNanos(1), Duration.ofSeconds(60));
        });
        RecordedEvent accepted = about(1, recorded);
        assertThat(accepted.getString("outcome")).isEqualTo("ACCEPTED");
        assertThat(accepted.getString("traceparent")).isEqualTo(TRACEPARENT);
        assertThat(accepted.getBoolean("connectionUsable")).isFalse();
        assertThat(accepted.getString("stage")).isNull();
        RecordedEvent rejected = about(2, recorded);
        assertThat(rejected.getString("outcome")).isEqualTo("REJECTED");
        assertThat(rejected.getString("detail")).isEqualTo(LONG_DETAIL.substring(0, 200));
        assertThat(rejected.getBoolean("connectionUsable")).isTrue();
        RecordedEvent failed = about(3, recorded);
        assertThat(failed.getString("outcome")).isEqualTo("FAILED");
        assertThat(failed.getString("stage")).isEqualTo("ACK");
        assertThat(failed.getString("detail")).startsWith("the backend closed the connection without a HandoffAck");
        assertThat(failed.getBoolean("connectionUsable")).isFalse();
        assertThat(recorded.toString()).doesNotContain(TOKEN.toHex());
        assertThat(Files.readString(file, ISO_8859_1)).doesNotContain(new String(TOKEN.toBytes(), ISO_8859_1));

        HandoffBrokerMetrics metrics = broker.metrics();
        assertThat(metrics.backends()).containsExactly(socketPath());
        assertThat(metrics.accepted(socketPath())).isEqualTo(1);
        assertThat(metrics.rejected(socketPath())).isEqualTo(1);
        assertThat(metrics.failed(socketPath(), Stage.ACK, false)).isEqualTo(1);
        assertThat(metrics.inFlight(socketPath())).isZero();
        assertThat(metrics.totalTime(socketPath())).isPositive();
    }

    @Test
    void shouldHaveTheFieldsOfThePage() throws IOException {
        EventType type = EventType.getEventType(BrokerHandoffEvent.class);
        String fields = type.getFields().stream()
                .map(ValueDescriptor::getName)
                .filter(name -> !List.of("startTime", "duration", "eventThread", "stackTrace")
                        .contains(name))
                .map(name -> "`" + name + "`")
                .sorted()
                .collect(Collectors.joining(", "));

        assertThat(Files.readAllLines(Path.of("../docs/metrics.md")))
                .filteredOn(line -> line.startsWith("| `" + type.getName() + "` |"))
                .singleElement()
                .extracting(line -> Stream.of(line.split("\\|", -1)[3].strip().split(", ", -1))
                        .sorted()
                        .collect(Collectors.joining(", ")))
                .isEqualTo(fields);
    }

    private static RecordedEvent about(long correlationId, List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> event.getLong("correlationId") == correlationId)
                .findFirst()
                .orElseThrow();
    }
}
