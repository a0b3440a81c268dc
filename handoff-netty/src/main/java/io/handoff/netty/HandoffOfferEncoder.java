package io.handoff.netty;

import com.google.protobuf.MessageLite;
import io.handoff.proto.v1.FrameKind;
import io.netty.channel.ChannelHandler.Sharable;

/** Encodes a {@link TracedOffer} as the REQUEST frame that a broker sends. */
@Sharable
public final class HandoffOfferEncoder extends HandoffFrameEncoder<TracedOffer> {

    /** The one instance; it has no state. */
    public static final HandoffOfferEncoder INSTANCE = new HandoffOfferEncoder();

    private HandoffOfferEncoder() {
        super(TracedOffer.class, FrameKind.FRAME_KIND_REQUEST);
    }

    @Override
    MessageLite payload(TracedOffer traced) {
        return traced.offer();
    }

    @Override
    long requestId(TracedOffer traced) {
        return traced.offer().getCorrelationId();
    }

    @Override
    String traceparent(TracedOffer traced) {
        return traced.traceparent();
    }

    @Override
    String tracestate(TracedOffer traced) {
        return traced.tracestate();
    }
}
