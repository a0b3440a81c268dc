package io.handoff.netty.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.broker.HandoffBrokerMetrics.Counts;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HandoffBrokerMeterBinderTest {

    private static final Path A = Path.of("/run/a.sock");
    private static final Path B = Path.of("/run/b.sock");

    /** {@code | `name` | type | `key`: `value`, `value`; `key`: … | …}. */
    private static final Pattern ROW =
            Pattern.compile("^\\| `(handoff\\.broker\\.[a-z.]+)` \\| ([a-z]+) \\|([^|]*)\\|[^|]*\\| ([^|]*) \\|$");

    private final HandoffBrokerMetrics metrics = new HandoffBrokerMetrics();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void shouldRegisterTheMetersOfThePageAndNoOther() throws IOException {
        new HandoffBrokerMeterBinder(metrics).bindTo(registry);
        metrics.of(A);

        Map<String, Set<String>> registered = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            Set<String> facts = registered.computeIfAbsent(meter.getId().getName(), name -> new TreeSet<>());
            facts.add(
                    meter instanceof FunctionTimer
                            ? "timer"
                            : lowerCase(meter.getId().getType()));
            facts.add(Objects.requireNonNull(meter.getId().getDescription()));
            meter.getId()
                    .getTags()
                    .forEach(tag ->
                            facts.add(tag.getKey() + (tag.getKey().equals("backend") ? "" : "=" + tag.getValue())));
        }

        assertThat(documented()).isEqualTo(registered).hasSize(2);
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Set<String>> documented() throws IOException {
        Map<String, Set<String>> documented = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("../docs/metrics.md"))) {
            ROW.matcher(line).results().forEach(row -> {
                Set<String> facts = new TreeSet<>(List.of(row.group(2), row.group(4)));
                for (String tag : row.group(3).replace("`", "").split(";", -1)) {
                    String[] keyAndValues = tag.split(":", -1);
                    String key = keyAndValues[0].strip();
                    if (keyAndValues.length == 1) {
                        facts.add(key);
                    } else {
                        Arrays.stream(keyAndValues[1].split(",", -1))
                                .forEach(value -> facts.add(key + "=" + value.strip()));
                    }
                }
                documented.put(row.group(1), facts);
            });
        }
        return documented;
    }

    @Test
    void shouldShowEachCountUnderItsNameAndBackend() {
        Counts before = metrics.of(B);
        new HandoffBrokerMeterBinder(metrics, Tags.of("service", "shop")).bindTo(registry);
        Failed lost = new Failed(Stage.ACK, new IOException("of this test"), false);
        Failed here = new Failed(Stage.CONNECT, new IOException("of this test"), true);
        Counts counts = metrics.of(A);
        for (HandoffOutcome outcome : List.of(new Accepted(), new Accepted(), new Rejected("no"), lost, here)) {
            counts.began();
            counts.ended(outcome, 2_000_000);
        }
        before.began();

        assertThat(handoffs(A, "accepted", "none", "gone").count()).isEqualTo(2);
        assertThat(handoffs(A, "accepted", "none", "gone").totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(4);
        assertThat(handoffs(A, "rejected", "none", "here").count()).isEqualTo(1);
        assertThat(handoffs(A, "failed", "ack", "gone").count()).isEqualTo(1);
        assertThat(handoffs(A, "failed", "connect", "here").count()).isEqualTo(1);
        assertThat(handoffs(A, "failed", "connect", "gone").count()).isZero();
        assertThat(handoffs(B, "accepted", "none", "gone").count()).isZero();
        assertThat(inFlight(A)).isZero();
        assertThat(inFlight(B)).isEqualTo(1);
        assertThat(metrics.backends()).containsExactlyInAnyOrder(A, B);
        assertThat(metrics.accepted(A)).isEqualTo(2);
        assertThat(metrics.rejected(A)).isEqualTo(1);
        assertThat(metrics.failed(A, Stage.ACK, false)).isEqualTo(1);
        assertThat(metrics.failed(A, Stage.ACK, true)).isZero();
        assertThat(metrics.inFlight(B)).isEqualTo(1);
        assertThat(metrics.totalTime(A)).isEqualTo(Duration.ofMillis(10));
        assertThat(metrics.accepted(Path.of("/run/unknown.sock"))).isZero();
        assertThat(metrics.totalTime(Path.of("/run/unknown.sock"))).isZero();
    }

    private FunctionTimer handoffs(Path backend, String outcome, String stage, String client) {
        return registry.get("handoff.broker.handoffs")
                .tags("service", "shop", "backend", backend.toString())
                .tags("outcome", outcome, "stage", stage, "client", client)
                .functionTimer();
    }

    private double inFlight(Path backend) {
        return registry.get("handoff.broker.in.flight")
                .tags("service", "shop", "backend", backend.toString())
                .gauge()
                .value();
    }

    @Test
    void shouldForgetTheBackendThatWasHandedNothingForLongest() {
        new HandoffBrokerMeterBinder(metrics).bindTo(registry);
        metrics.of(A);
        metrics.of(B);
        int metersOfTwo = registry.getMeters().size();
        for (int i = 2; i < HandoffBrokerMetrics.MAX_BACKENDS; i++) {
            metrics.of(Path.of("/run/" + i));
        }
        metrics.accepted(B);
        metrics.of(A);
        assertThat(metrics.backends()).contains(A, B);

        metrics.of(Path.of("/run/one-more"));

        assertThat(metrics.backends())
                .hasSize(HandoffBrokerMetrics.MAX_BACKENDS)
                .contains(A)
                .doesNotContain(B);
        assertThat(registry.find("handoff.broker.in.flight")
                        .tag("backend", B.toString())
                        .gauge())
                .isNull();
        assertThat(registry.getMeters()).hasSize(metersOfTwo / 2 * HandoffBrokerMetrics.MAX_BACKENDS);
    }
}
