package io.handoff.netty.wire;

import com.google.protobuf.CodedOutputStream;
import io.handoff.proto.v1.FrameKind;
import io.netty.channel.ChannelHandler.Sharable;
import java.io.IOException;

/**
 * Encodes an accepting answer as the EVENT frame by which a broker tells its client that a backend has taken the connection over
 * (WIRE §9): the ACK in another envelope.
 */
@Sharable
public final class HandoffReadyEncoder extends HandoffFrameEncoder<HandoffAnswer.Accepted> {

    /** The one instance; it has no state. */
    public static final HandoffReadyEncoder INSTANCE = new HandoffReadyEncoder();

    private HandoffReadyEncoder() {
        super(HandoffAnswer.Accepted.class, FrameKind.FRAME_KIND_EVENT);
    }

    @Override
    Offer offer(HandoffAnswer.Accepted answer) {
        return answer.offer();
    }

    @Override
    int payloadLength(HandoffAnswer.Accepted answer) {
        return HandoffAckEncoder.INSTANCE.payloadLength(answer);
    }

    @Override
    void writePayload(HandoffAnswer.Accepted answer, CodedOutputStream out) throws IOException {
        HandoffAckEncoder.INSTANCE.writePayload(answer, out);
    }
}
