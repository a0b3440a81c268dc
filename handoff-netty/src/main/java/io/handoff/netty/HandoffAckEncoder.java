package io.handoff.netty;

import com.google.protobuf.MessageLite;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;
import io.netty.channel.ChannelHandler.Sharable;

/** Encodes a {@link HandoffAck} as the RESPONSE frame that answers an offer. */
@Sharable
public final class HandoffAckEncoder extends HandoffFrameEncoder<HandoffAck> {

    /** The one instance; it has no state. */
    public static final HandoffAckEncoder INSTANCE = new HandoffAckEncoder();

    private HandoffAckEncoder() {
        super(HandoffAck.class, FrameKind.FRAME_KIND_RESPONSE);
    }

    @Override
    MessageLite payload(HandoffAck ack) {
        return ack;
    }

    @Override
    long requestId(HandoffAck ack) {
        return ack.getCorrelationId();
    }
}
