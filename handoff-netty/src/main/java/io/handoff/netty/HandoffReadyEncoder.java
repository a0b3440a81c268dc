package io.handoff.netty;

import com.google.protobuf.CodedOutputStream;
import io.handoff.proto.v1.FrameKind;
import io.netty.channel.ChannelHandler.Sharable;
import java.io.IOException;

/** Encodes a {@link HandoffReady} as the EVENT frame that a broker sends to its client: the ACK in another envelope. */
@Sharable
public final class HandoffReadyEncoder extends HandoffFrameEncoder<HandoffReady> {

    /** The one instance; it has no state. */
    public static final HandoffReadyEncoder INSTANCE = new HandoffReadyEncoder();

    private HandoffReadyEncoder() {
        super(HandoffReady.class, FrameKind.FRAME_KIND_EVENT);
    }

    @Override
    Offer offer(HandoffReady ready) {
        return ready.acceptance().offer();
    }

    @Override
    int payloadLength(HandoffReady ready) {
        return HandoffAckEncoder.INSTANCE.payloadLength(ready.acceptance());
    }

    @Override
    void writePayload(HandoffReady ready, CodedOutputStream out) throws IOException {
        HandoffAckEncoder.INSTANCE.writePayload(ready.acceptance(), out);
    }
}
