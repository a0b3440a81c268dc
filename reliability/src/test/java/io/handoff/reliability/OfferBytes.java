package io.handoff.reliability;

import io.handoff.netty.HandoffOfferEncoder;
import io.handoff.netty.HandoffToken;
import io.handoff.netty.Offer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.Collection;

/**
 * Offers as they stand on the wire, which differ in their tokens only: encoded once, by the library, for whoever makes
 * them at full speed.
 */
final class OfferBytes {

    private static final HandoffToken ANY = HandoffToken.random();
    private static final byte[] OFFER = encode(ANY);
    private static final int TOKEN_AT = indexOf(ANY.toBytes());

    private OfferBytes() {}

    private static byte[] encode(HandoffToken token) {
        EmbeddedChannel encoder = new EmbeddedChannel(HandoffOfferEncoder.INSTANCE);
        encoder.writeOutbound(Offer.of(token, "chat", 7));
        ByteBuf frame = encoder.readOutbound();
        try {
            return ByteBufUtil.getBytes(frame);
        } finally {
            frame.release();
            encoder.finish();
        }
    }

    private static int indexOf(byte[] token) {
        ByteBuffer sought = ByteBuffer.wrap(token);
        for (int at = 0; at <= OFFER.length - token.length; at++) {
            if (ByteBuffer.wrap(OFFER, at, token.length).equals(sought)) {
                return at;
            }
        }
        throw new AssertionError("an offer does not contain its token");
    }

    /** One offer for each token, ready to be written: a direct buffer. */
    static ByteBuffer of(Collection<HandoffToken> tokens) {
        ByteBuffer offers = ByteBuffer.allocateDirect(tokens.size() * OFFER.length);
        for (HandoffToken token : tokens) {
            int start = offers.position();
            offers.put(OFFER).put(start + TOKEN_AT, token.toBytes());
        }
        return offers.flip();
    }
}
