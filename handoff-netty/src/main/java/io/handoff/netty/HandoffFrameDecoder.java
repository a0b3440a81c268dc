package io.handoff.netty;

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
 *   <li>on the connections of a {@link HandoffServer} in the same way a large body that does not fit beside the large ones
 *       that are there already;
 *   <li>the end of the stream inside a frame. Between two frames it is none.
 * </ul>
 *
 * <p>After an error the place of the next frame is unknown: whatever still arrives is dropped until the connection is
 * closed, which is {@link HandoffOfferHandler}'s part.
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
    private final FrameBudget budget;

    /** Of the frame that is being received; after that of the last, unless {@link #takeShare} has handed it over. */
    private FrameBudget.@Nullable Share share;

    private boolean drainRequested;
    private boolean anyFrameDecoded;
    private boolean failed;

    /**
     * Makes a decoder for one connection.
     *
     * @param maxFrameLength the largest body read, in bytes without the header; 1 to {@value #MAX_FRAME_LENGTH}
     * @throws IllegalArgumentException if it is outside that range
     */
    public HandoffFrameDecoder(int maxFrameLength) {
        this(maxFrameLength, FrameBudget.unlimited());
    }

    /** Makes a decoder for one connection of several that share a budget. */
    HandoffFrameDecoder(int maxFrameLength, FrameBudget budget) {
        super(
                ByteOrder.LITTLE_ENDIAN,
                checkMaxFrameLength(maxFrameLength) + HEADER_LENGTH,
                LENGTH_OFFSET,
                LENGTH_BYTES,
                0,
                HEADER_LENGTH,
                true);
        this.maxFrameLength = maxFrameLength;
        this.budget = budget;
    }

    static int checkMaxFrameLength(int maxFrameLength) {
        if (maxFrameLength < 1 || maxFrameLength > MAX_FRAME_LENGTH) {
            throw new IllegalArgumentException(
                    "maxFrameLength was " + maxFrameLength + "; expected 1 to " + MAX_FRAME_LENGTH + " bytes");
        }
        return maxFrameLength;
    }

    /** Whether the stream stands inside a frame, so that its end there would be an error. */
    boolean isInsideFrame() {
        return actualReadableBytes() > 0;
    }

    @Override
    protected @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in) throws Exception {
        if (failed) {
            in.skipBytes(in.readableBytes());
            return null;
        }
        // The reader stays at the start of the frame until the whole of it is there.
        short version = in.getUnsignedByte(in.readerIndex());
        if (version != FRAMING_VERSION) {
            throw fail(in, HandoffWireException.unsupportedFramingVersion(version));
        }
        Object body = super.decode(ctx, in);
        anyFrameDecoded |= body != null;
        return body;
    }

    /** Called once the header is whole, and so the place to judge the length before anything is buffered for it. */
    @Override
    protected long getUnadjustedFrameLength(ByteBuf buf, int offset, int length, ByteOrder order) {
        long bodyLength = buf.getUnsignedIntLE(offset);
        if (bodyLength > maxFrameLength) {
            throw fail(buf, HandoffWireException.frameTooLarge(bodyLength, maxFrameLength));
        }
        giveShareBack();
        try {
            share = budget.take((int) bodyLength);
        } catch (HandoffWireException e) {
            throw fail(buf, e);
        }
        return bodyLength;
    }

    /** Hands over what the frame that was passed on last has taken of the budget; null if nothing. */
    FrameBudget.@Nullable Share takeShare() {
        FrameBudget.Share taken = share;
        share = null;
        return taken;
    }

    private void giveShareBack() {
        FrameBudget.Share unclaimed = takeShare();
        if (unclaimed != null) {
            unclaimed.giveBack();
        }
    }

    /** The connection has closed. */
    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        giveShareBack();
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.isReadable() && !failed) {
            String part = in.readableBytes() < HEADER_LENGTH ? "body length header" : "frame body";
            throw fail(in, HandoffWireException.unexpectedEof(part));
        }
    }

    private HandoffWireException fail(ByteBuf in, HandoffWireException error) {
        failed = true;
        in.skipBytes(in.readableBytes());
        return error;
    }

    /**
     * Lets the {@link DrainEvent} take its place in the stream: after the first frame of the connection, and after one
     * that has begun to arrive.
     */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event == DrainEvent.INSTANCE) {
            drainRequested = true;
            passDrainEvent(ctx);
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        passDrainEvent(ctx);
    }

    private void passDrainEvent(ChannelHandlerContext ctx) {
        if (drainRequested && anyFrameDecoded && !isInsideFrame()) {
            drainRequested = false;
            ctx.fireUserEventTriggered(DrainEvent.INSTANCE);
        }
    }
}
