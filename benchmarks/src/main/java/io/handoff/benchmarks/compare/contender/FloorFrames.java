package io.handoff.benchmarks.compare.contender;

import io.handoff.benchmarks.load.LoadTokens;
import io.handoff.netty.wire.HandoffAckEncoder;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffOfferEncoder;
import io.handoff.netty.wire.Offer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Objects;

/**
 * All that the floor knows of the protocol: how long the generator's offers are, the one as the other, and what an ACK
 * that accepts looks like.
 */
public final class FloorFrames {

    /** What the floor's every ACK repeats. */
    public static final Offer OFFER = Offer.of(LoadTokens.of(0), "chat-gateway", LoadTokens.correlationId(0));

    static final int OFFER_LENGTH = encode(HandoffOfferEncoder.INSTANCE, OFFER).length;

    private static final byte[] ACK = encode(HandoffAckEncoder.INSTANCE, new HandoffAnswer.Accepted(OFFER));

    static final int ACK_LENGTH = ACK.length;

    private static final ByteBuf BUFFER = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(ACK_LENGTH).writeBytes(ACK).asReadOnly());

    private FloorFrames() {}

    /** Encodes everything now, which takes a while, and not when the first offer has come. */
    static void initialize() {}

    /** One ACK, in a buffer that needs no releasing. */
    static ByteBuf ack() {
        return BUFFER.duplicate();
    }

    private static byte[] encode(ChannelOutboundHandler encoder, Object message) {
        EmbeddedChannel channel = new EmbeddedChannel(encoder);
        channel.writeOutbound(message);
        ByteBuf frame = Objects.requireNonNull(channel.readOutbound(), "nothing was encoded");
        try {
            return ByteBufUtil.getBytes(frame);
        } finally {
            frame.release();
            channel.finish();
        }
    }
}
