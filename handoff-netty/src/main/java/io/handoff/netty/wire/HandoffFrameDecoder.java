package io.handoff.netty.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the stream into frame bodies (WIRE §3): a framing version byte, an unsigned little-endian length, the body.
 *
 * <p>Each body is passed on as a {@link ByteBuf} slice that the next handler releases. Errors are
 * {@link HandoffWireException}s:
 *
 * <ul>
 *   <li>another framing version, judged on the first byte, before a length arrives;
 *   <li>a body over the cap, judged on the header: nothing is buffered for it and nothing of it is skipped;
 *   <li>on the connections of a {@code HandoffServer}, a large body for which the other large ones leave no room. It is judged
 *       on the header, too;
 *   <li>the end of the stream inside a frame. Between two frames it is no error.
 * </ul>
 *
 * <p>After an error nobody knows where the next frame begins. Whatever still arrives is dropped until
 * {@code HandoffOfferHandler} has closed the connection.
 *
 * <p>On a connection that has brought a descriptor, the server reads past a body that is too long, keeps nothing of it, and
 * rejects the offer.
 */
public final class HandoffFrameDecoder extends LengthFieldBasedFrameDecoder {

    /** The body of a frame is never larger, whatever is configured: 16 MiB. */
    public static final int MAX_FRAME_LENGTH = 16 * 1024 * 1024;

    /** The largest body that is read unless configured: 64 KiB, hundreds of times an ordinary offer. */
    public static final int DEFAULT_MAX_FRAME_LENGTH = 64 * 1024;

    static final int FRAMING_VERSION = 1;
    static final int HEADER_LENGTH = 5;

    private static final int LENGTH_OFFSET = 1;
    private static final int LENGTH_BYTES = 4;

    private final int maxFrameLength;
    private final FrameShares shares;
    private final boolean answersOverlong;

    /** Reads past a frame that is not taken in. */
    private @Nullable FrameSkimmer skimmer;

    private boolean isHeaderJudged;
    private boolean anyDecoded;
    private boolean failed;

    /**
     * Makes a decoder for one connection.
     *
     * @param maxFrameLength the largest body read, in bytes without the header; 1 to {@value #MAX_FRAME_LENGTH}
     * @throws IllegalArgumentException if it is outside that range
     */
    public HandoffFrameDecoder(int maxFrameLength) {
        this(maxFrameLength, new FrameShares(FrameBudget.unlimited()), false);
    }

    /**
     * Makes a decoder for one connection of several that share a budget. Not API.
     *
     * @param maxFrameLength the largest body read, in bytes without the header; 1 to {@value #MAX_FRAME_LENGTH}
     * @param shares what this connection takes of the budget
     * @param answersOverlong whether a body that is not taken in for its length becomes an {@link OverlongOffer}, where its broker can
     *     be answered; if not, it is an error in any case
     * @throws IllegalArgumentException if the length is outside that range
     */
    public HandoffFrameDecoder(int maxFrameLength, FrameShares shares, boolean answersOverlong) {
        super(
                ByteOrder.LITTLE_ENDIAN,
                checkMaxFrameLength(maxFrameLength) + HEADER_LENGTH,
                LENGTH_OFFSET,
                LENGTH_BYTES,
                0,
                HEADER_LENGTH,
                true);
        this.maxFrameLength = maxFrameLength;
        this.shares = shares;
        this.answersOverlong = answersOverlong;
    }

    /**
     * Checks a cap. Not API.
     *
     * @param maxFrameLength 1 to {@value #MAX_FRAME_LENGTH}
     * @return the same
     * @throws IllegalArgumentException if it is outside that range
     */
    public static int checkMaxFrameLength(int maxFrameLength) {
        if (maxFrameLength < 1 || maxFrameLength > MAX_FRAME_LENGTH) {
            throw new IllegalArgumentException(
                    "maxFrameLength was " + maxFrameLength + "; expected 1 to " + MAX_FRAME_LENGTH + " bytes");
        }
        return maxFrameLength;
    }

    /**
     * Tells whether a frame has begun to arrive and is not whole yet. Not API.
     *
     * @return whether the stream stands inside a frame, so that its end there would be an error
     */
    public boolean isInsideFrame() {
        return skimmer != null || actualReadableBytes() > 0;
    }

    /**
     * Tells whether a whole frame has arrived. Not API.
     *
     * @return whether at least one has been passed on
     */
    public boolean anyDecoded() {
        return anyDecoded;
    }

    @Override
    protected @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in) throws Exception {
        if (failed) {
            in.skipBytes(in.readableBytes());
            return null;
        }
        if (skimmer != null) {
            return skim(skimmer, in);
        }
        // The reader stays at the start of the frame until the whole of it is there.
        short version = in.getUnsignedByte(in.readerIndex());
        if (version != FRAMING_VERSION) {
            throw fail(in, WireErrors.unsupportedFramingVersion(version));
        }
        if (!isHeaderJudged && in.readableBytes() >= HEADER_LENGTH) {
            long bodyLength = in.getUnsignedIntLE(in.readerIndex() + LENGTH_OFFSET);
            HandoffWireException misfit = misfitOf(bodyLength);
            if (misfit != null) {
                return passOver(bodyLength, misfit, in);
            }
            isHeaderJudged = true;
        }
        Object body = super.decode(ctx, in);
        if (body != null) {
            anyDecoded = true;
            isHeaderJudged = false;
        }
        return body;
    }

    /** Judged on the header, before anything is buffered for the body. */
    private @Nullable HandoffWireException misfitOf(long bodyLength) {
        if (bodyLength > maxFrameLength) {
            return WireErrors.frameTooLarge(bodyLength, maxFrameLength);
        }
        try {
            shares.take((int) bodyLength);
            return null;
        } catch (HandoffWireException e) {
            return e;
        }
    }

    private @Nullable Object passOver(long bodyLength, HandoffWireException misfit, ByteBuf in) {
        if (!answersOverlong || bodyLength > MAX_FRAME_LENGTH) {
            throw fail(in, misfit);
        }
        in.skipBytes(HEADER_LENGTH);
        skimmer = new FrameSkimmer(bodyLength, misfit);
        return skim(skimmer, in);
    }

    private @Nullable Object skim(FrameSkimmer skimmer, ByteBuf in) {
        OverlongOffer offer;
        try {
            offer = skimmer.read(in);
        } catch (HandoffWireException e) {
            throw fail(in, e);
        }
        if (offer != null) {
            this.skimmer = null;
            anyDecoded = true;
        }
        return offer;
    }

    /**
     * What the frames of the connection take of the budget that it shares with others. Not API.
     *
     * @return the shares
     */
    public FrameShares shares() {
        return shares;
    }

    /** The connection has closed. */
    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        shares.giveBack();
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if ((in.isReadable() || skimmer != null) && !failed) {
            String part = skimmer == null && in.readableBytes() < HEADER_LENGTH ? "body length header" : "frame body";
            throw fail(in, WireErrors.unexpectedEof(part));
        }
    }

    private HandoffWireException fail(ByteBuf in, HandoffWireException error) {
        failed = true;
        skimmer = null;
        in.skipBytes(in.readableBytes());
        return error;
    }
}
