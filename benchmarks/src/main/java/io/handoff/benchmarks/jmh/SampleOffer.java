package io.handoff.benchmarks.jmh;

import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffOfferEncoder;
import io.handoff.netty.wire.Offer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;

/** The one offer that all benchmarks receive: an ordinary one, of a broker that traces nothing. */
public final class SampleOffer {

    static final HandoffToken TOKEN = HandoffToken.ofHex("00112233445566778899aabbccddeeff");

    static final Offer OFFER = Offer.of(TOKEN, "chat-gateway", 1_000_003);

    private static final byte[] FRAME = encode();

    private SampleOffer() {}

    /**
     * The offer as it stands on the wire.
     *
     * @return the frame, header included
     */
    public static byte[] frame() {
        return FRAME.clone();
    }

    private static byte[] encode() {
        EmbeddedChannel broker = new EmbeddedChannel(HandoffOfferEncoder.INSTANCE);
        broker.writeOutbound(OFFER);
        ByteBuf frame = EmbeddedBytes.takeAnswer(broker);
        try {
            return ByteBufUtil.getBytes(frame);
        } finally {
            frame.release();
            broker.finish();
        }
    }
}
