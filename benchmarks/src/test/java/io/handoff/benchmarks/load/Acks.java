package io.handoff.benchmarks.load;

import io.handoff.netty.wire.HandoffAckEncoder;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.Offer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;

/** ACKs as a backend sends them to the generator. */
final class Acks {

    private Acks() {}

    static byte[] accepting(int slot) {
        return encoded(new HandoffAnswer.Accepted(offer(slot)));
    }

    static Offer offer(int slot) {
        return Offer.of(LoadTokens.of(slot), "chat-gateway", LoadTokens.correlationId(slot));
    }

    static byte[] encoded(HandoffAnswer answer) {
        EmbeddedChannel encoder = new EmbeddedChannel(HandoffAckEncoder.INSTANCE);
        encoder.writeOutbound(answer);
        ByteBuf frame = encoder.readOutbound();
        byte[] bytes = ByteBufUtil.getBytes(frame);
        frame.release();
        encoder.finish();
        return bytes;
    }
}
