package io.handoff.testkit;

import com.google.protobuf.ByteString;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;

/** What can be wrong with an ACK that a broker must not believe; everything else about it is right. */
public enum AckFault {
    /** One bit of the token that comes back is another. */
    TOKEN,
    /** It answers the offer with the next correlation id, in the envelope too. */
    CORRELATION_ID,
    /** The envelope has another request id than the ACK has a correlation id. */
    REQUEST_ID,
    /** The envelope is that of a request. */
    KIND,
    /** The envelope belongs to another protocol. */
    PROTOCOL;

    /**
     * Makes an ACK wrong.
     *
     * @param ack a right one, in its envelope
     * @return the same with this fault
     */
    public Frame in(Frame ack) {
        return switch (this) {
            case TOKEN -> withOtherToken(HandoffFrames.ackIn(ack));
            case CORRELATION_ID -> withOtherCorrelationId(HandoffFrames.ackIn(ack));
            case REQUEST_ID ->
                ack.toBuilder().setRequestId(ack.getRequestId() + 1).build();
            case KIND -> ack.toBuilder().setKind(FrameKind.FRAME_KIND_REQUEST).build();
            case PROTOCOL -> ack.toBuilder().setPayloadProtocol(0).build();
        };
    }

    private static Frame withOtherToken(HandoffAck ack) {
        byte[] token = ack.getToken().toByteArray();
        token[token.length - 1] ^= 1;
        return HandoffFrames.ack(
                ack.toBuilder().setToken(ByteString.copyFrom(token)).build());
    }

    private static Frame withOtherCorrelationId(HandoffAck ack) {
        return HandoffFrames.ack(
                ack.toBuilder().setCorrelationId(ack.getCorrelationId() + 1).build());
    }
}
