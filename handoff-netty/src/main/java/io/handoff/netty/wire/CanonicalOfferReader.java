package io.handoff.netty.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fast way round {@link HandoffFrameParser} and {@link HandoffOfferValidator}, which stand behind it: a body that is a
 * {@link CanonicalOffer} becomes an {@link Offer} at once, any other goes on to them as it came. One for each channel.
 */
public final class CanonicalOfferReader extends ChannelInboundHandlerAdapter {

    private final CanonicalOffer canonical = new CanonicalOffer();
    private @Nullable ChannelHandlerContext validator;

    /** Makes the reader of one channel. */
    public CanonicalOfferReader() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        Offer offer = msg instanceof ByteBuf body ? canonical.read(body) : null;
        if (offer == null) {
            ctx.fireChannelRead(msg);
        } else {
            ((ByteBuf) msg).release();
            validator(ctx).fireChannelRead(offer);
        }
    }

    private ChannelHandlerContext validator(ChannelHandlerContext ctx) {
        if (validator == null) {
            validator = Objects.requireNonNull(
                    ctx.pipeline().context(HandoffOfferValidator.INSTANCE), "no validator stands behind this");
        }
        return validator;
    }
}
