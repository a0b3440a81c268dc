package io.handoff.netty.wire;

import com.google.protobuf.ByteString;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;

/**
 * Turns a {@link Frame} into the {@link HandoffAnswer} that its ACK states, or refuses it with a
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
    HandoffAnswer open(Frame frame, HandoffAck ack) {
        checkCorrelation("HandoffAck correlation id", ack.getCorrelationId(), "offer correlation id");
        if (!ack.getToken().equals(ByteString.copyFrom(offer.tokenBytes()))) {
            throw WireErrors.otherExchange(Kind.TOKEN_ECHO, "HandoffAck token echo does not match the offered token");
        }
        return ack.getAccepted()
                ? new HandoffAnswer.Accepted(offer, ack.getTaken())
                : new HandoffAnswer.Rejected(offer, Rejections.byBackend(ack.getErrorDetail()));
    }

    private void checkCorrelation(String what, long got, String expected) {
        if (got != offer.correlationId()) {
            throw WireErrors.otherExchange(
                    Kind.CORRELATION,
                    what + " " + Long.toUnsignedString(got) + " does not match " + expected + " "
                            + Long.toUnsignedString(offer.correlationId()));
        }
    }
}
