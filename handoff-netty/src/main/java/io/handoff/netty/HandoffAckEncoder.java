package io.handoff.netty;

import com.google.protobuf.CodedOutputStream;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.io.IOException;

/** Encodes a {@link HandoffAcceptance} as the RESPONSE frame that tells the broker: the ACK. */
@Sharable
public final class HandoffAckEncoder extends HandoffFrameEncoder<HandoffAcceptance> {

    /** The one instance; it has no state. */
    public static final HandoffAckEncoder INSTANCE = new HandoffAckEncoder();

    private HandoffAckEncoder() {
        super(HandoffAcceptance.class, FrameKind.FRAME_KIND_RESPONSE);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) throws Exception {
        if (msg instanceof AckBatch batch) {
            ctx.write(toFrames(ctx, batch.acceptances()), promise);
        } else {
            super.write(ctx, msg, promise);
        }
    }

    @Override
    Offer offer(HandoffAcceptance acceptance) {
        return acceptance.offer();
    }

    @Override
    int payloadLength(HandoffAcceptance acceptance) {
        Offer offer = acceptance.offer();
        return Fields.sizeOf(HandoffAck.TOKEN_FIELD_NUMBER, offer.token())
                + Fields.sizeOf(HandoffAck.ACCEPTED_FIELD_NUMBER, accepted(acceptance))
                + Fields.sizeOf(HandoffAck.ERROR_DETAIL_FIELD_NUMBER, errorDetail(acceptance))
                + Fields.sizeOf(HandoffAck.CORRELATION_ID_FIELD_NUMBER, offer.correlationId());
    }

    @Override
    void writePayload(HandoffAcceptance acceptance, CodedOutputStream out) throws IOException {
        Offer offer = acceptance.offer();
        Fields.write(HandoffAck.TOKEN_FIELD_NUMBER, offer.token(), out);
        Fields.write(HandoffAck.ACCEPTED_FIELD_NUMBER, accepted(acceptance), out);
        Fields.write(HandoffAck.ERROR_DETAIL_FIELD_NUMBER, errorDetail(acceptance), out);
        Fields.write(HandoffAck.CORRELATION_ID_FIELD_NUMBER, offer.correlationId(), out);
    }

    /** As the varint that a bool is on the wire. */
    private static int accepted(HandoffAcceptance acceptance) {
        return acceptance instanceof HandoffAcceptance.Accepted ? 1 : 0;
    }

    private static String errorDetail(HandoffAcceptance acceptance) {
        return acceptance instanceof HandoffAcceptance.Rejected rejected
                ? rejected.rejection().detail()
                : "";
    }
}
