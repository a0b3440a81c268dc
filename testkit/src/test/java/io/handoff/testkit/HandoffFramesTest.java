package io.handoff.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.proto.v1.PayloadEncoding;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandoffFramesTest {

    private static final byte[] TOKEN = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

    /** Two of the golden cases of the wire. */
    @Test
    void shouldEncodeAsOtherPeersDo() {
        Frame offer = HandoffFrames.offer(TOKEN, "zccache", 5);

        assertThat(HexFormat.of().formatHex(HandoffFrames.encode(offer)))
                .isEqualTo("0127000000080118ffa103221d1210000102030405060708090a0b0c0d0e0f1a077a636361636865"
                        + "20052805");
        assertThat(HexFormat.of()
                        .formatHex(HandoffFrames.encode(HandoffFrames.accepting(HandoffFrames.offerIn(offer)))))
                .isEqualTo("01220000000801100118ffa10322160a10000102030405060708090a0b0c0d0e0f100120052805");
    }

    @Test
    void shouldReadBackWhatItHasMade() {
        HandoffOffer offer = HandoffFrames.offerIn(HandoffFrames.offer(TOKEN, "chat", -1));
        byte[] stream = HandoffFrames.encode(HandoffFrames.accepting(offer));
        byte[] both = Arrays.copyOf(stream, stream.length * 2);
        System.arraycopy(stream, 0, both, stream.length, stream.length);

        assertThat(HandoffFrames.decode(both))
                .hasSize(2)
                .allSatisfy(frame -> assertThat(HandoffFrames.ackIn(frame))
                        .isEqualTo(HandoffAck.newBuilder()
                                .setToken(offer.getToken())
                                .setAccepted(true)
                                .setCorrelationId(-1)
                                .build()));
    }

    @Test
    void shouldFailWhenAStreamEndsInsideAFrame() {
        byte[] frame = HandoffFrames.encode(HandoffFrames.offer(TOKEN, "chat", 1));
        for (int length = 1; length < frame.length; length++) {
            byte[] part = Arrays.copyOf(frame, length);
            assertThatThrownBy(() -> HandoffFrames.decode(part))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("the stream ends inside a frame");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000000000", "0201000000", "01ffffffff"})
    void shouldFailWhenAHeaderIsNone(String header) {
        assertThatThrownBy(() -> HandoffFrames.decode(HexFormat.of().parseHex(header)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected 1 and at most 16777216");
    }

    @ParameterizedTest
    @EnumSource(
            value = AckFault.class,
            names = {"REQUEST_ID", "KIND", "PROTOCOL"})
    void shouldFailWhenTheEnvelopeIsNotThatOfAnAck(AckFault fault) {
        HandoffOffer offer = HandoffFrames.offerIn(HandoffFrames.offer(TOKEN, "chat", 1));

        assertThatThrownBy(() -> HandoffFrames.ackIn(fault.in(HandoffFrames.accepting(offer))))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("the envelope of a frame was");
    }

    @Test
    void shouldFailWhenTheEnvelopeIsNotThatOfAnOffer() {
        Frame compressed = HandoffFrames.offer(TOKEN, "chat", 1).toBuilder()
                .setPayloadEncoding(PayloadEncoding.PAYLOAD_ENCODING_ZSTD)
                .build();

        assertThatThrownBy(() -> HandoffFrames.offerIn(compressed)).isInstanceOf(AssertionError.class);
    }

    @Test
    void shouldFailWhenAnAckBothAcceptsAndSaysWhyNot() {
        Frame contradicting = HandoffFrames.ack(
                HandoffAck.newBuilder().setAccepted(true).setErrorDetail("no").build());

        assertThatThrownBy(() -> HandoffFrames.ackIn(contradicting))
                .isInstanceOf(AssertionError.class)
                .hasMessage("an ACK has accepted = true and error_detail = no");
    }

    @Test
    void shouldShowNoTokenInWhatItFailsWith() {
        Frame offer = HandoffFrames.offer(TOKEN, "chat", 1);

        assertThatThrownBy(() -> HandoffFrames.ackIn(offer))
                .message()
                .doesNotContain("token")
                .doesNotContain("\\000\\001");
    }
}
