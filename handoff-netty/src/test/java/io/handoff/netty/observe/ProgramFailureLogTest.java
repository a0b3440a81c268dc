package io.handoff.netty.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.handoff.netty.CapturedLog;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.Offer;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgramFailureLogTest {

    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final CapturedLog log = CapturedLog.of(ProgramFailureLog.class.getName(), Level.WARN);
    private final ProgramFailureLog failures = new ProgramFailureLog(channel.eventLoop());
    private final RuntimeException failure = new IllegalStateException("of this test");

    @AfterEach
    void close() {
        log.close();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldKeepItsMessagesAndLogTheStackTraces() {
        Offer offer = Offer.of(HandoffToken.random(), "a service", 7).tracedAs(TRACEPARENT, "");
        HandoffListener listener = new HandoffListener() {
            @Override
            public String toString() {
                return "a listener";
            }
        };

        failures.peerPolicyFailed(new HandoffPeer(4711, 1000, 1000), failure);
        failures.admissionFailed(offer, failure);
        failures.adoptionFailed(offer, failure);
        failures.listenerFailed(listener, failure);

        assertThat(log.messages())
                .containsExactly(
                        "WARN handoff PeerPolicy failed, HandoffPeer[pid=4711, uid=1000, gid=1000] is refused",
                        "WARN handoff OfferAdmission failed, the offer is rejected: correlation_id=7",
                        "WARN handoff adoption failed, the offer is rejected: correlation_id=7",
                        "WARN handoff listener failed: a listener");
        assertThat(log.mdc("traceparent")).containsExactly("", TRACEPARENT, TRACEPARENT, "");
        assertThat(log.everything().split("IllegalStateException: of this test", -1))
                .hasSize(5);
    }

    @Test
    void shouldNotLogEveryFailureThatPeersCause() {
        for (int i = 0; i < 100; i++) {
            failures.admissionFailed(Offer.of(HandoffToken.random(), "a service", i), failure);
        }

        assertThat(log.messages()).hasSize(LogLimit.MESSAGES);
    }
}
