package io.handoff.netty;

import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.testkit.HandoffFrames;
import java.util.List;

/** What a backend has answered, read without the code under test; anything but whole ACKs fails. */
public final class AckStream {

    private AckStream() {}

    public static List<HandoffAck> read(byte[] stream) {
        return HandoffFrames.decode(stream).stream().map(HandoffFrames::ackIn).toList();
    }

    public static boolean isAnswerTo(HandoffOffer offer, HandoffAck ack) {
        return ack.getCorrelationId() == offer.getCorrelationId()
                && ack.getToken().equals(offer.getToken());
    }
}
