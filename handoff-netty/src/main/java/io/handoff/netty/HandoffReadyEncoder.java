package io.handoff.netty;

import com.google.protobuf.MessageLite;
import io.handoff.proto.v1.FrameKind;
import io.netty.channel.ChannelHandler.Sharable;

/** Encodes a {@link HandoffReady} as the EVENT frame that a broker sends to its client. */
@Sharable
public final class HandoffReadyEncoder extends HandoffFrameEncoder<HandoffReady> {

    /** The one instance; it has no state. */
    public static final HandoffReadyEncoder INSTANCE = new HandoffReadyEncoder();

    private HandoffReadyEncoder() {
        super(HandoffReady.class, FrameKind.FRAME_KIND_EVENT);
    }

    @Override
    MessageLite payload(HandoffReady ready) {
        return ready.ack();
    }

    @Override
    long requestId(HandoffReady ready) {
        return ready.ack().getCorrelationId();
    }
}
