package io.handoff.netty.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.handoff.netty.CapturedLog;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.TokenVerdict;
import io.handoff.netty.wire.HandoffAnswer.Accepted;
import io.handoff.netty.wire.HandoffAnswer.Rejected;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.Offer;
import io.handoff.netty.wire.Rejections;
import io.handoff.netty.wire.WireErrors;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class PeerLogTest {

    private static final HandoffPeer PEER = new HandoffPeer(4711, -2, 1000);
    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final Offer OFFER = Offer.of(HandoffToken.random(), "a service", -1);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final CapturedLog log = CapturedLog.of(PeerLog.class.getName(), Level.DEBUG);
    private final PeerLog peerLog = new PeerLog(channel.eventLoop());

    @BeforeEach
    void freezeTime() {
        channel.freezeTime();
    }

    @AfterEach
    void close() {
        log.close();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldKeepItsMessages() {
        peerLog.connectionRefused(PEER, ConnectionRefusal.CONNECTION_LIMIT);
        peerLog.callFailed(new IOException("recvmsg(..) failed with error(-12): Cannot allocate memory"));
        peerLog.wireError(PEER, WireErrors.unexpectedEof("frame body"));
        peerLog.offerJudged(PEER, new Rejected(OFFER, Rejections.of(TokenVerdict.EXPIRED)));
        peerLog.ackFailed(PEER, new Accepted(OFFER));
        peerLog.ackFailed(PEER, new Rejected(OFFER, Rejections.of(TokenVerdict.EXPIRED)));
        peerLog.offerJudged(PEER, new Accepted(OFFER));

        String offer = "correlation_id=18446744073709551615 pid=4711 uid=4294967294";
        assertThat(log.messages())
                .containsExactly(
                        "WARN handoff connection refused: reason=CONNECTION_LIMIT pid=4711 uid=4294967294",
                        "WARN handoff system call failed: recvmsg(..) failed with error(-12): Cannot allocate memory",
                        "WARN handoff wire error: kind=UNEXPECTED_EOF pid=4711 uid=4294967294: unexpected EOF while"
                                + " reading frame (frame body)",
                        "INFO handoff rejected: reason=TOKEN_EXPIRED " + offer + ": handoff token expired",
                        "WARN handoff unanswered: accepted=true " + offer + ": the ACK could not be written",
                        "WARN handoff unanswered: accepted=false " + offer + ": the ACK could not be written",
                        "DEBUG handoff accepted: " + offer);
    }

    @Test
    void shouldLimitEachKindOfMessageByItself() {
        for (int i = 0; i < 30; i++) {
            peerLog.wireError(PEER, WireErrors.missingDescriptor());
            peerLog.wireError(PEER, WireErrors.unexpectedControl());
            peerLog.connectionRefused(PEER, ConnectionRefusal.PEER_NOT_PERMITTED);
            peerLog.offerJudged(PEER, new Rejected(OFFER, Rejections.TOKEN_MISMATCH));
            peerLog.ackFailed(PEER, new Accepted(OFFER));
        }
        channel.advanceTimeBy(LogLimit.WINDOW.toNanos(), TimeUnit.NANOSECONDS);
        channel.runPendingTasks();

        assertThat(log.messages())
                .contains(
                        "WARN handoff wire error: kind=DESCRIPTOR_MISSING: ... and 20 more in the last 10 s",
                        "WARN handoff wire error: kind=UNEXPECTED_CONTROL: ... and 20 more in the last 10 s",
                        "WARN handoff connection refused: reason=PEER_NOT_PERMITTED: ... and 20 more in the last 10 s",
                        "INFO handoff rejected: reason=TOKEN_MISMATCH: ... and 20 more in the last 10 s",
                        "WARN handoff unanswered: ... and 20 more in the last 10 s")
                .hasSize(5 * 11);
    }

    @Test
    void shouldHaveTheTraceContextOfTheOfferInTheMdcWhileItLogs() {
        Offer traced = OFFER.tracedAs(TRACEPARENT, "vendor=1");
        MDC.put("traceparent", "of the program");

        peerLog.offerJudged(PEER, new Accepted(traced));
        peerLog.offerJudged(PEER, new Rejected(traced, Rejections.of(TokenVerdict.EXPIRED)));
        peerLog.ackFailed(PEER, new Accepted(traced));

        assertThat(log.mdc("traceparent")).containsExactly(TRACEPARENT, TRACEPARENT, TRACEPARENT);
        assertThat(MDC.get("traceparent")).isEqualTo("of the program");
        MDC.remove("traceparent");
        peerLog.offerJudged(PEER, new Accepted(traced));
        assertThat(MDC.get("traceparent")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\nWARN forged",
            })
    void shouldNotRepeatATraceContextThatIsNone(String text) {
        peerLog.offerJudged(PEER, new Accepted(OFFER.tracedAs(text, "")));

        assertThat(log.mdc("traceparent")).containsExactly("");
    }

    @Test
    void shouldKeepWhatAPeerHasSentFromForgingAMessage() {
        peerLog.offerJudged(PEER, new Rejected(OFFER, Rejections.notAdmitted("no service a\nb\u001b[2J")));

        assertThat(log.messages()).singleElement().asString().endsWith(": no service a?b?[2J");
    }
}
