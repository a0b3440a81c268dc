package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What a backend has answered, read without the code under test; anything but whole ACKs fails. */
final class AckStream {

    private AckStream() {}

    static List<HandoffAck> read(byte[] stream) {
        List<HandoffAck> acks = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
        while (rest.hasRemaining()) {
            assertThat(rest.remaining()).as("bytes of an ACK's header").isGreaterThanOrEqualTo(5);
            assertThat(rest.get()).as("framing version of an ACK").isEqualTo((byte) 1);
            byte[] body = new byte[rest.getInt()];
            assertThat(rest.remaining()).as("bytes of an ACK").isGreaterThanOrEqualTo(body.length);
            rest.get(body);
            acks.add(ackIn(body));
        }
        return acks;
    }

    private static HandoffAck ackIn(byte[] body) {
        try {
            Frame frame = Frame.parseFrom(body);
            HandoffAck ack = HandoffAck.parseFrom(frame.getPayload());
            assertThat(frame.getEnvelopeVersion()).isEqualTo(1);
            assertThat(frame.getKind()).isEqualTo(FrameKind.FRAME_KIND_RESPONSE);
            assertThat(frame.getPayloadProtocol()).isEqualTo(0xD0FF);
            assertThat(frame.getRequestId()).isEqualTo(ack.getCorrelationId());
            assertThat(ack.getAccepted())
                    .as("an ACK has a reason or accepts")
                    .isEqualTo(ack.getErrorDetail().isEmpty());
            return ack;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("an ACK cannot be parsed", e);
        }
    }

    static boolean isAnswerTo(HandoffOffer offer, HandoffAck ack) {
        return ack.getCorrelationId() == offer.getCorrelationId()
                && ack.getToken().equals(offer.getToken());
    }
}
