package io.handoff.netty.wire;

import com.google.protobuf.CodedOutputStream;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.io.IOException;

/** Encodes a {@link HandoffAnswer} as the RESPONSE frame that tells the broker: the ACK. */
@Sharable
public final class HandoffAckEncoder extends HandoffFrameEncoder<HandoffAnswer> {

    /** The one instance; it has no state. */
    public static final HandoffAckEncoder INSTANCE = new HandoffAckEncoder();

    private HandoffAckEncoder() {
        super(HandoffAnswer.class, FrameKind.FRAME_KIND_RESPONSE);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) throws Exception {
        if (msg instanceof AckBatch batch) {
            ctx.write(toFrames(ctx, batch.answers()), promise);
        } else {
            super.write(ctx, msg, promise);
        }
    }

    @Override
    Offer offer(HandoffAnswer answer) {
        return answer.offer();
    }

    @Override
    int payloadLength(HandoffAnswer answer) {
        Offer offer = answer.offer();
        return Fields.sizeOf(HandoffAck.TOKEN_FIELD_NUMBER, offer.tokenBytes())
                + Fields.sizeOf(HandoffAck.ACCEPTED_FIELD_NUMBER, accepted(answer))
                + Fields.sizeOf(HandoffAck.ERROR_DETAIL_FIELD_NUMBER, errorDetail(answer))
                + Fields.sizeOf(HandoffAck.CORRELATION_ID_FIELD_NUMBER, offer.correlationId())
                + Fields.sizeOf(HandoffAck.TAKEN_FIELD_NUMBER, taken(answer));
    }

    @Override
    void writePayload(HandoffAnswer answer, CodedOutputStream out) throws IOException {
        Offer offer = answer.offer();
        Fields.write(HandoffAck.TOKEN_FIELD_NUMBER, offer.tokenBytes(), out);
        Fields.write(HandoffAck.ACCEPTED_FIELD_NUMBER, accepted(answer), out);
        Fields.write(HandoffAck.ERROR_DETAIL_FIELD_NUMBER, errorDetail(answer), out);
        Fields.write(HandoffAck.CORRELATION_ID_FIELD_NUMBER, offer.correlationId(), out);
        Fields.write(HandoffAck.TAKEN_FIELD_NUMBER, taken(answer), out);
    }

    /** As the varint that a bool is on the wire. */
    private static int accepted(HandoffAnswer answer) {
        return answer instanceof HandoffAnswer.Accepted ? 1 : 0;
    }

    private static long taken(HandoffAnswer answer) {
        return answer instanceof HandoffAnswer.Accepted accepted ? accepted.taken() : 0;
    }

    private static String errorDetail(HandoffAnswer answer) {
        return answer instanceof HandoffAnswer.Rejected rejected
                ? rejected.rejection().detail()
                : "";
    }
}
