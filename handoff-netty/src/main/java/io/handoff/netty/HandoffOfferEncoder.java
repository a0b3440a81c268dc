package io.handoff.netty;

import com.google.protobuf.CodedOutputStream;
import io.handoff.proto.v1.FrameKind;
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
        return offer.message().getSerializedSize();
    }

    @Override
    void writePayload(Offer offer, CodedOutputStream out) throws IOException {
        offer.message().writeTo(out);
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
