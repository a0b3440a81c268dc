package io.handoff.netty.wire;

import com.google.protobuf.CodedOutputStream;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffOffer;
import io.netty.channel.ChannelHandler.Sharable;
import java.io.IOException;

/** Encodes an {@link Offer} as the REQUEST frame that a broker sends. */
@Sharable
public final class HandoffOfferEncoder extends HandoffFrameEncoder<Offer> {

    /** The one instance; it has no state. */
    public static final HandoffOfferEncoder INSTANCE = new HandoffOfferEncoder();

    private HandoffOfferEncoder() {
        super(Offer.class, FrameKind.FRAME_KIND_REQUEST);
    }

    @Override
    Offer offer(Offer offer) {
        return offer;
    }

    @Override
    int payloadLength(Offer offer) {
        return Fields.sizeOf(HandoffOffer.TOKEN_FIELD_NUMBER, offer.tokenBytes())
                + Fields.sizeOf(HandoffOffer.SERVICE_NAME_FIELD_NUMBER, offer.serviceName())
                + Fields.sizeOf(HandoffOffer.CORRELATION_ID_FIELD_NUMBER, offer.correlationId())
                + Fields.sizeOf(HandoffOffer.UNREAD_FIELD_NUMBER, offer.unreadBytes())
                + Fields.sizeOf(HandoffOffer.STATE_FIELD_NUMBER, offer.stateBytes());
    }

    @Override
    void writePayload(Offer offer, CodedOutputStream out) throws IOException {
        Fields.write(HandoffOffer.TOKEN_FIELD_NUMBER, offer.tokenBytes(), out);
        Fields.write(HandoffOffer.SERVICE_NAME_FIELD_NUMBER, offer.serviceName(), out);
        Fields.write(HandoffOffer.CORRELATION_ID_FIELD_NUMBER, offer.correlationId(), out);
        Fields.write(HandoffOffer.UNREAD_FIELD_NUMBER, offer.unreadBytes(), out);
        Fields.write(HandoffOffer.STATE_FIELD_NUMBER, offer.stateBytes(), out);
    }

    @Override
    String traceparent(Offer offer) {
        return offer.traceparent();
    }

    @Override
    String tracestate(Offer offer) {
        return offer.tracestate();
    }
}
