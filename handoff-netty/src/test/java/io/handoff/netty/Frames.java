package io.handoff.netty;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Frames made with the generated messages and framed by hand: not by the encoders under test. */
final class Frames {

    private Frames() {}

    static byte[] offer(HandoffToken token, long correlationId) {
        return framed(offerFrame(token, correlationId).build());
    }

    static Frame.Builder offerFrame(HandoffToken token, long correlationId) {
        HandoffOffer offer = HandoffOffer.newBuilder()
                .setToken(ByteString.copyFrom(token.toBytes()))
                .setServiceName("zccache")
                .setCorrelationId(correlationId)
                .build();
        return envelope(FrameKind.FRAME_KIND_REQUEST, offer, correlationId);
    }

    /** An offer that is large by the name of its service: larger than an ordinary frame, smaller than a socket's buffer. */
    static byte[] largeOffer(HandoffToken token, long correlationId) {
        HandoffOffer offer = HandoffOffer.newBuilder()
                .setToken(ByteString.copyFrom(token.toBytes()))
                .setServiceName("x".repeat(HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH))
                .setCorrelationId(correlationId)
                .build();
        return framed(
                envelope(FrameKind.FRAME_KIND_REQUEST, offer, correlationId).build());
    }

    /** An offer whose token, all zeros, has another length than it should. */
    static byte[] offerWithToken(int length) {
        HandoffOffer offer = HandoffOffer.newBuilder()
                .setToken(ByteString.copyFrom(new byte[length]))
                .setCorrelationId(3)
                .build();
        return framed(envelope(FrameKind.FRAME_KIND_REQUEST, offer, 3).build());
    }

    /** The same offer as the library has it. */
    static Offer toOffer(HandoffOffer message, String traceparent, String tracestate) {
        return new Offer(
                message.getToken().toByteArray(),
                message.getServiceName(),
                message.getCorrelationId(),
                traceparent,
                tracestate);
    }

    static byte[] accepting(HandoffToken token, long correlationId) {
        return ack(token, correlationId, true, "");
    }

    static byte[] rejecting(HandoffToken token, long correlationId, String detail) {
        return ack(token, correlationId, false, detail);
    }

    private static byte[] ack(HandoffToken token, long correlationId, boolean accepted, String detail) {
        HandoffAck ack = HandoffAck.newBuilder()
                .setToken(ByteString.copyFrom(token.toBytes()))
                .setAccepted(accepted)
                .setErrorDetail(detail)
                .setCorrelationId(correlationId)
                .build();
        return framed(
                envelope(FrameKind.FRAME_KIND_RESPONSE, ack, correlationId).build());
    }

    private static Frame.Builder envelope(FrameKind kind, MessageLite payload, long requestId) {
        return Frame.newBuilder()
                .setEnvelopeVersion(1)
                .setKind(kind)
                .setPayloadProtocol(0xD0FF)
                .setPayload(payload.toByteString())
                .setRequestId(requestId);
    }

    static byte[] framed(Frame frame) {
        return framed(frame.toByteArray());
    }

    static byte[] framed(byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 1)
                .putInt(body.length)
                .put(body)
                .array();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
