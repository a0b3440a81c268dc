package io.handoff.netty.wire;

import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffOffer;
import io.netty.channel.ChannelHandler.Sharable;

/**
 * Turns a {@link Frame} into the {@link Offer} that it carries, or refuses it with a {@link HandoffWireException}. It makes
 * the checks 4 to 10 of WIRE §5, and the first failure decides. The token is not judged here.
 */
@Sharable
public final class HandoffOfferValidator extends Envelope<HandoffOffer> {

    /** The one instance; it has no state. */
    public static final HandoffOfferValidator INSTANCE = new HandoffOfferValidator();

    private static final String MESSAGE = "HandoffOffer";

    private HandoffOfferValidator() {
        super(MESSAGE, FrameKind.FRAME_KIND_REQUEST, HandoffOffer.parser());
    }

    @Override
    Offer open(Frame frame, HandoffOffer offer) {
        if (frame.getRequestId() != offer.getCorrelationId()) {
            throw WireErrors.unexpectedFrame(
                    Kind.CORRELATION, MESSAGE, "frame request_id does not match HandoffOffer correlation_id");
        }
        Offer offered = new Offer(
                offer.getToken().toByteArray(),
                offer.getServiceName(),
                offer.getCorrelationId(),
                frame.getTraceparent(),
                frame.getTracestate());
        return offer.getUnread().isEmpty() && offer.getState().isEmpty()
                ? offered
                : offered.carryingThese(
                        offer.getUnread().toByteArray(), offer.getState().toByteArray());
    }
}
