package io.handoff.reliability;

import com.google.protobuf.ByteString;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Frames made with the generated messages, and framed by hand: not by the library's encoders (WIRE §3 and §4). */
final class RawFrames {

    static final int HEADER_BYTES = 5;

    private static final byte FRAMING_VERSION = 1;
    private static final int HANDOFF = 0xD0FF;

    /** More than any ACK has. */
    private static final int MAX_BODY_BYTES = 4096;

    private RawFrames() {}

    static Frame.Builder offer(byte[] token, String service, long correlationId) {
        HandoffOffer offer = HandoffOffer.newBuilder()
                .setToken(ByteString.copyFrom(token))
                .setServiceName(service)
                .setCorrelationId(correlationId)
                .build();
        return Frame.newBuilder()
                .setEnvelopeVersion(1)
                .setKind(FrameKind.FRAME_KIND_REQUEST)
                .setPayloadProtocol(HANDOFF)
                .setPayload(offer.toByteString())
                .setRequestId(correlationId);
    }

    static byte[] framed(byte[] body) {
        return ByteBuffer.allocate(HEADER_BYTES + body.length)
                .put(header(FRAMING_VERSION, body.length))
                .put(body)
                .array();
    }

    static byte[] header(int version, int bodyLength) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) version)
                .putInt(bodyLength)
                .array();
    }

    static int bodyLength(byte[] header) throws IOException {
        int length = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(1);
        if (header[0] != FRAMING_VERSION || length < 0 || length > MAX_BODY_BYTES) {
            throw new IOException("framing version " + header[0] + " and length " + length + " where an ACK is due");
        }
        return length;
    }

    /** The ACK in a body, which has to be the answer to this offer. */
    static HandoffAck ack(byte[] body, byte[] token, long correlationId) throws IOException {
        Frame frame = Frame.parseFrom(body);
        HandoffAck ack = HandoffAck.parseFrom(frame.getPayload());
        boolean isAnswer = frame.getEnvelopeVersion() == 1
                && frame.getKind() == FrameKind.FRAME_KIND_RESPONSE
                && frame.getPayloadProtocol() == HANDOFF
                && frame.getRequestId() == correlationId
                && ack.getCorrelationId() == correlationId
                && ack.getToken().equals(ByteString.copyFrom(token));
        if (!isAnswer) {
            throw new IOException("a frame came that is not the answer to the offer");
        }
        return ack;
    }

    /** Why an ACK rejects; empty where it accepts. */
    static String refusal(HandoffAck ack) throws IOException {
        if (ack.getAccepted() != ack.getErrorDetail().isEmpty()) {
            throw new IOException("accepted " + ack.getAccepted() + ", detail: " + ack.getErrorDetail());
        }
        return ack.getErrorDetail();
    }
}
