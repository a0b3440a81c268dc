package io.handoff.netty.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.descriptor.DescriptorCounts;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.TokenCounts;
import io.handoff.netty.wire.FrameBudget;
import io.handoff.netty.wire.HandoffAnswer.Accepted;
import io.handoff.netty.wire.HandoffAnswer.Rejected;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.Offer;
import io.handoff.netty.wire.Rejections;
import io.handoff.netty.wire.WireErrors;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HandoffMeterBinderTest {

    private static final HandoffPeer PEER = new HandoffPeer(4711, 1000, 1000);
    private static final Offer OFFER = Offer.of(HandoffToken.random(), "a service", 1);

    /** {@code | `name` | type | `key`: `value`, `value`; `key`: … | …}. Those of a broker and of a takeover have tests of their own. */
    private static final Pattern ROW =
            Pattern.compile("\\| `(handoff\\.(?!broker\\.|takeover\\.)[a-z.]+)` \\| ([a-z]+) \\|([^|]*)\\|.*");

    private final EventCounts events = new EventCounts();
    private final ConnectionCounts connections = new ConnectionCounts();
    private final FrameBudget frames = new FrameBudget(1 << 20);
    private final TokenCounts tokens = new TokenCounts();
    private final DescriptorCounts descriptors = new DescriptorCounts();
    private final HandoffMetrics metrics = new HandoffMetrics(events, connections, frames, tokens, descriptors);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void shouldRegisterTheMetersOfThePageAndNoOther() throws Exception {
        new HandoffMeterBinder(metrics).bindTo(registry);

        Map<String, Set<String>> registered = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            Set<String> facts = registered.computeIfAbsent(meter.getId().getName(), name -> new TreeSet<>());
            facts.add(type(meter));
            meter.getId().getTags().forEach(tag -> facts.add(tag.getKey() + "=" + tag.getValue()));
        }

        assertThat(documented()).isEqualTo(registered).hasSizeGreaterThan(10);
    }

    @Test
    void shouldDescribeEachMeterAsThePageDoes() throws Exception {
        new HandoffMeterBinder(metrics).bindTo(registry);
        List<String> page = Files.readAllLines(Path.of("../docs/metrics.md"));

        assertThat(registry.getMeters()).allSatisfy(meter -> {
            String row = "| `" + meter.getId().getName() + "` |";
            assertThat(page)
                    .filteredOn(line -> line.startsWith(row))
                    .singleElement()
                    .asString()
                    .contains("| " + Objects.requireNonNull(meter.getId().getDescription()));
        });
    }

    private static String type(Meter meter) {
        if (meter instanceof FunctionTimer) {
            return "timer";
        }
        return meter.getId().getType().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Set<String>> documented() throws IOException {
        Map<String, Set<String>> documented = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("../docs/metrics.md"))) {
            ROW.matcher(line).results().forEach(row -> documented.put(row.group(1), facts(row)));
        }
        return documented;
    }

    private static Set<String> facts(MatchResult row) {
        Set<String> facts = new TreeSet<>(List.of(row.group(2)));
        for (String tag : row.group(3).split(";", -1)) {
            String[] keyAndValues = tag.replace("`", "").split(":", -1);
            if (keyAndValues.length == 2) {
                for (String value : keyAndValues[1].split(",", -1)) {
                    facts.add(keyAndValues[0].strip() + "=" + value.strip());
                }
            }
        }
        return facts;
    }

    @Test
    void shouldShowEachCountUnderItsName() {
        new HandoffMeterBinder(metrics).bindTo(registry);

        connections.opened.add(2);
        connections.open.set(1);
        events.connectionRefused(PEER, ConnectionRefusal.CONNECTION_LIMIT);
        events.acceptFailed(new IOException("of this test"));
        events.callFailed(new IOException("of this test"));
        events.callFailed(new IOException("of this test, too"));
        events.wireError(PEER, WireErrors.missingDescriptor());
        frames.take(100_000);
        events.offerJudged(PEER, new Accepted(OFFER));
        events.offerJudged(PEER, new Rejected(OFFER, Rejections.TOKEN_MISMATCH));
        events.ackFailed(PEER, new Accepted(OFFER));
        Rejected rejected = new Rejected(OFFER, Rejections.TOKEN_MISMATCH);
        events.acksLeft(
                PEER, new LeftAcks(List.of(new Accepted(OFFER), rejected, rejected), true, 2_000_000, 7_000_000));
        tokens.issued.add(10);
        tokens.registered.add(9);
        tokens.consumed.add(3);
        tokens.expired.add(2);
        tokens.revoked.add(1);
        descriptors.received.add(9);
        descriptors.adopted.add(5);
        descriptors.closed.add(1);

        assertThat(gauge("handoff.connections.open")).isEqualTo(1);
        assertThat(counter("handoff.connections.opened")).isEqualTo(2);
        assertThat(counter("handoff.connections.refused", "reason", "connection_limit"))
                .isEqualTo(1);
        assertThat(counter("handoff.connections.refused", "reason", "peer_not_permitted"))
                .isZero();
        assertThat(counter("handoff.accept.failures")).isEqualTo(1);
        assertThat(counter("handoff.call.failures")).isEqualTo(2);
        assertThat(metrics.failuresByErrno()).isEqualTo(Map.of(0, 3L));
        assertThat(counter("handoff.wire.errors", "kind", "descriptor_missing")).isEqualTo(1);
        assertThat(gauge("handoff.frames.large")).isEqualTo(100_000);
        assertThat(counter("handoff.offers", "outcome", "accepted", "reason", "none"))
                .isEqualTo(1);
        assertThat(counter("handoff.offers", "outcome", "rejected", "reason", "token_mismatch"))
                .isEqualTo(1);
        assertThat(counter("handoff.acks.failed")).isEqualTo(1);
        assertThat(timer("handoff.answers").count()).isEqualTo(3);
        assertThat(timer("handoff.answers").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(6);
        assertThat(timer("handoff.adoptions").count()).isEqualTo(1);
        assertThat(timer("handoff.adoptions").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(7);
        assertThat(gauge("handoff.tokens.pending")).isEqualTo(13);
        assertThat(counter("handoff.tokens", "event", "issued")).isEqualTo(10);
        assertThat(counter("handoff.tokens", "event", "registered")).isEqualTo(9);
        assertThat(counter("handoff.tokens", "event", "consumed")).isEqualTo(3);
        assertThat(counter("handoff.tokens", "event", "expired")).isEqualTo(2);
        assertThat(counter("handoff.tokens", "event", "revoked")).isEqualTo(1);
        assertThat(gauge("handoff.descriptors.open")).isEqualTo(3);
        assertThat(counter("handoff.descriptors", "event", "received")).isEqualTo(9);
        assertThat(counter("handoff.descriptors", "event", "adopted")).isEqualTo(5);
        assertThat(counter("handoff.descriptors", "event", "closed")).isEqualTo(1);
    }

    @Test
    void shouldTellServersApartByTheTagsOfTheProgram() {
        HandoffMetrics other = new HandoffMetrics(events, connections, frames, new TokenCounts(), descriptors);
        new HandoffMeterBinder(metrics, Tags.of("socket", "a")).bindTo(registry);
        new HandoffMeterBinder(other, Tags.of("socket", "b")).bindTo(registry);
        tokens.issued.add(4);

        assertThat(counter("handoff.tokens", "event", "issued", "socket", "a")).isEqualTo(4);
        assertThat(counter("handoff.tokens", "event", "issued", "socket", "b")).isZero();
        assertThat(registry.getMeters())
                .allSatisfy(meter -> assertThat(meter.getId().getTags())
                        .extracting(Tag::getKey)
                        .contains("socket"));
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private double counter(String name, String... tags) {
        FunctionCounter counter = registry.get(name).tags(tags).functionCounter();
        return counter.count();
    }

    private FunctionTimer timer(String name) {
        return registry.get(name).functionTimer();
    }
}
