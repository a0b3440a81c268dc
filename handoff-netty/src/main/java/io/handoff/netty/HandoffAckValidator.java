package io.handoff.netty;

import com.google.protobuf.ByteString;
import io.handoff.netty.HandoffWireException.Kind;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;

/**
 * Turns a {@link Frame} into the {@link HandoffAcceptance} that its ACK states, or refuses it with a
 * {@link HandoffWireException} if it does not answer the one offer that was sent (WIRE §8).
 */
public final class HandoffAckValidator extends Envelope<HandoffAck> {

    private final Offer offer;

    /**
     * Makes the validator of one exchange.
     *
     * @param offer the offer that was sent
     */
    public HandoffAckValidator(Offer offer) {
        super("HandoffAck", FrameKind.FRAME_KIND_RESPONSE, HandoffAck.parser());
        this.offer = offer;
    }

    @Override
    void checkExchange(Frame frame) {
        checkCorrelation("HandoffAck frame request_id", frame.getRequestId(), "correlation id");
    }

    @Override
    HandoffAcceptance open(Frame frame, HandoffAck ack) {
        checkCorrelation("HandoffAck correlation id", ack.getCorrelationId(), "offer correlation id");
        if (!ack.getToken().equals(ByteString.copyFrom(offer.token()))) {
            throw HandoffWireException.otherExchange(
                    Kind.TOKEN_ECHO, "HandoffAck token echo does not match the offered token");
        }
        return ack.getAccepted()
                ? new HandoffAcceptance.Accepted(offer)
                : new HandoffAcceptance.Rejected(offer, HandoffRejection.byBackend(ack.getErrorDetail()));
    }

    private void checkCorrelation(String what, long got, String expected) {
        if (got != offer.correlationId()) {
            throw HandoffWireException.otherExchange(
                    Kind.CORRELATION,
                    what + " " + Long.toUnsignedString(got) + " does not match " + expected + " "
                            + Long.toUnsignedString(offer.correlationId()));
        }
    }
}
