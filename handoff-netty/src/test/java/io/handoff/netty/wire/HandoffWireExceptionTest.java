package io.handoff.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.wire.HandoffWireException.Kind;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HandoffWireExceptionTest {

    /** The left column's texts of WIRE §5; of the undecodable ones, what stands before the colon. */
    @Test
    void shouldHaveTheTextsOfTheProtocol() {
        assertError(
                WireErrors.unsupportedFramingVersion(255),
                Kind.UNSUPPORTED_FRAMING_VERSION,
                "unsupported framing version: got 255, expected 1");
        assertError(
                WireErrors.frameTooLarge(4_294_967_295L, 65_536),
                Kind.FRAME_TOO_LARGE,
                "frame body too large: 4294967295 bytes exceeds cap 65536");
        assertError(
                WireErrors.unexpectedEof("frame body"),
                Kind.UNEXPECTED_EOF,
                "unexpected EOF while reading frame (frame body)");
        assertError(
                WireErrors.unexpectedFrame(Kind.FRAME_KIND, "HandoffOffer", "kind is not REQUEST"),
                Kind.FRAME_KIND,
                "unexpected HandoffOffer frame: kind is not REQUEST");
        assertError(
                WireErrors.undecodableFrame("HandoffOffer", "why", null),
                Kind.UNDECODABLE_FRAME,
                "failed to decode HandoffOffer Frame: why");
        assertError(
                WireErrors.undecodablePayload("HandoffAck", "why", null),
                Kind.UNDECODABLE_PAYLOAD,
                "failed to decode HandoffAck payload: why");
        assertError(
                WireErrors.deadlineExceeded("no whole HandoffOffer arrived", Duration.ofSeconds(5)),
                Kind.DEADLINE_EXCEEDED,
                "no whole HandoffOffer arrived within 5000 ms");
    }

    private static void assertError(HandoffWireException error, Kind kind, String message) {
        assertThat(error).hasMessage(message).hasNoCause();
        assertThat(error.kind()).isEqualTo(kind);
        assertThat(error.getStackTrace()).isEmpty();
    }

    @Test
    void shouldKeepTheCauseOfWhatDoesNotDecode() {
        IOException cause = new IOException("inner");

        assertThat(WireErrors.undecodableFrame("HandoffOffer", "why", cause).getCause())
                .isSameAs(cause);
        assertThat(WireErrors.undecodablePayload("HandoffOffer", "why", cause).getCause())
                .isSameAs(cause);
    }
}
