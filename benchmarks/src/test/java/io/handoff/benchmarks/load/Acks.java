package io.handoff.benchmarks.load;

import io.handoff.netty.HandoffAcceptance;
import io.handoff.netty.HandoffAckEncoder;
import io.handoff.netty.Offer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;

/** ACKs as a backend sends them to the generator. */
final class Acks {

    private Acks() {}

    static byte[] accepting(int slot) {
        return encoded(new HandoffAcceptance.Accepted(offer(slot)));
    }

    static Offer offer(int slot) {
        return Offer.of(LoadTokens.of(slot), "chat-gateway", LoadTokens.correlationId(slot));
    }

    static byte[] encoded(HandoffAcceptance acceptance) {
        EmbeddedChannel encoder = new EmbeddedChannel(HandoffAckEncoder.INSTANCE);
        encoder.writeOutbound(acceptance);
        ByteBuf frame = encoder.readOutbound();
        byte[] bytes = ByteBufUtil.getBytes(frame);
        frame.release();
        encoder.finish();
        return bytes;
    }
}
