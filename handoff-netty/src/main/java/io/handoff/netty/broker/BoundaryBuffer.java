package io.handoff.netty.broker;

import io.handoff.netty.descriptor.UnreadBytes;
import io.handoff.netty.token.Bounds;
import io.handoff.netty.wire.Offer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.ByteToMessageCodec;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a client has sent since its last whole message, as it was sent, so that the connection can move in the middle of one: the
 * backend reads these bytes first (WIRE §10), and parses the message from its beginning. So decoders, which cannot give back what they
 * have parsed, are left as they are.
 *
 * <p><b>Where it stands.</b> Right before the first decoder of the client's pipeline, an {@code HttpServerCodec} for one. Any other
 * handlers of the pipeline that see the bytes as they were sent stand before it; encoders may stand in between. In a pipeline without a decoder it stands before the
 * program's own handlers.
 *
 * <p><b>Boundaries.</b> The program says {@link #boundary()} when a message has come out of the decoder to its end, in the {@code
 * channelRead} of that: what the decoder has taken is forgotten then, and what it has not taken yet is kept, as the beginning of the
 * next message. Handlers in between pass messages on at once. In a pipeline without a decoder a boundary is behind all that was read.
 * A boundary says nothing of answers: a program hands off a connection only when it has answered every message, or sends what it needs
 * to answer as state.
 *
 * <p><b>Bounded.</b> Over the bound it keeps nothing, and the connection cannot be handed off until the next boundary.
 *
 * <p>{@link HandoffBroker} looks for it by itself, takes what is kept along, and accepts the decoders behind it. It refuses a handoff that
 * is begun in a {@code channelRead} behind this, where the decoders are at work: begin it in a task. One for each channel, on its event loop.
 */
public final class BoundaryBuffer extends ChannelInboundHandlerAdapter {

    private static final byte[] NONE = {};

    private final int maxBytes;

    /** Of its own: no handler sees it. Null while nothing is kept. */
    private @Nullable ByteBuf kept;

    private boolean isOverBound;

    /**
     * What the decoder behind this has last been given, for as long as it has not taken all of it. It is the very buffer that the
     * decoder accumulates in: {@code ByteToMessageDecoder} takes the first one that it is given for its own, and the same again. So its
     * reader index tells what has been taken.
     */
    private @Nullable ByteBuf given;

    private @Nullable ChannelHandlerContext next;
    private Place place = Place.BEFORE_NO_DECODER;
    private boolean isReading;

    /** Where this stands in the pipeline. */
    private enum Place {
        BEFORE_DECODER,
        BEFORE_NO_DECODER,
        /** What stands between this and a decoder may keep bytes. */
        APART_FROM_DECODER,
        /** What the decoder has taken cannot be told any more. */
        OUT_OF_SIGHT
    }

    /**
     * Makes one that keeps so much.
     *
     * @param maxBytes at least 1; no more than the backend takes (its {@code maxStateBytes}) is of use
     * @throws IllegalArgumentException if it is zero or negative
     */
    public BoundaryBuffer(int maxBytes) {
        this.maxBytes = Bounds.positive(maxBytes, "maxBytes");
    }

    /** An offer of a connection with all bytes that have left its socket and that nobody has served, in the order in which they came. */
    static Offer withUnserved(Channel client, Offer offer) {
        byte[] unserved = unserved(client);
        return unserved.length == 0 ? offer : offer.carrying(joined(unserved, offer.unread()), offer.state());
    }

    /** All bytes of the connection that have left its socket and that nobody has served, in the order in which they came. */
    static byte[] unserved(Channel client) {
        BoundaryBuffer buffer = client.pipeline().get(BoundaryBuffer.class);
        return joined(waiting(client), buffer == null ? NONE : buffer.kept());
    }

    /** Why they cannot be told; null if they can. */
    static @Nullable String busy(Channel client) {
        BoundaryBuffer buffer = client.pipeline().get(BoundaryBuffer.class);
        return buffer == null ? null : buffer.busy();
    }

    /** The same of what {@link #withUnserved} has returned. */
    static @Nullable String refusal(Channel client, Offer offer) {
        boolean isKept = client.pipeline().get(BoundaryBuffer.class) != null;
        return isKept && offer.unread().length > unserved(client).length
                ? "the offer carries unread bytes; expected none, as a BoundaryBuffer keeps them"
                : busy(client);
    }

    /** They are the backend's: no handler here shall make anything of them any more. */
    static void forgetUnserved(Channel client) {
        BoundaryBuffer buffer = client.pipeline().get(BoundaryBuffer.class);
        if (buffer != null) {
            buffer.moved();
        }
    }

    /** What came with the connection itself, and its channel has not read. */
    private static byte[] waiting(Channel client) {
        byte[] unread = UnreadBytes.peek(client);
        return unread == null ? NONE : unread;
    }

    private static byte[] joined(byte[] first, byte[] then) {
        byte[] all = Arrays.copyOf(first, first.length + then.length);
        System.arraycopy(then, 0, all, first.length, then.length);
        return all;
    }

    /** A message has ended: what the decoder has taken until now need not be kept any more. */
    public void boundary() {
        ByteBuf rest = place == Place.BEFORE_DECODER && given != null ? given : Unpooled.EMPTY_BUFFER;
        if (isOverBound) {
            isOverBound = false;
            keep(rest);
        } else if (kept != null) {
            kept.skipBytes(kept.readableBytes() - rest.readableBytes());
            if (kept.isReadable()) {
                kept.discardReadBytes();
            } else {
                forget();
            }
        }
    }

    /** Why the connection cannot be handed off now; null if it can. */
    @Nullable
    String busy() {
        if (isReading) {
            return "the decoders behind the BoundaryBuffer are at work; expected a task of the event loop's own";
        }
        if (place == Place.OUT_OF_SIGHT) {
            return "bytes were read inside a read; what the decoder behind the BoundaryBuffer has taken cannot be told";
        }
        if (place == Place.APART_FROM_DECODER) {
            return "the BoundaryBuffer stands apart from the first decoder; expected it right before that";
        }
        return isOverBound ? "more than " + maxBytes + " bytes have come since the last boundary" : null;
    }

    /** What has come since the last boundary. */
    byte[] kept() {
        byte[] bytes = new byte[kept == null ? 0 : kept.readableBytes()];
        if (kept != null) {
            kept.getBytes(kept.readerIndex(), bytes);
        }
        return bytes;
    }

    /** The connection is another's: no decoder shall make a message of what it has not taken when it hears of the end. */
    void moved() {
        if (given != null && place == Place.BEFORE_DECODER) {
            given.skipBytes(given.readableBytes());
        }
        forget();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(msg);
            return;
        }
        keep(bytes);
        if (isReading) {
            // Somebody reads inside a read. The decoder expects to be alone with its buffer then.
            place = Place.OUT_OF_SIGHT;
            letGo();
            ctx.fireChannelRead(bytes);
            return;
        }
        findPlace(ctx);
        isReading = true;
        try {
            ctx.fireChannelRead(place == Place.BEFORE_DECODER ? give(ctx, bytes) : bytes);
        } finally {
            isReading = false;
            letGoOfWhatIsTaken();
        }
    }

    private void keep(ByteBuf bytes) {
        int length = bytes.readableBytes();
        if (isOverBound || length > maxBytes - (kept == null ? 0 : kept.readableBytes())) {
            isOverBound = true;
            forget();
        } else if (length > 0) {
            if (kept == null) {
                kept = bytes.alloc().heapBuffer(length, maxBytes);
            }
            kept.writeBytes(bytes, bytes.readerIndex(), length);
        }
    }

    /** Gives the decoder what comes behind what it has not taken yet, in a buffer that stays known here. */
    private ByteBuf give(ChannelHandlerContext ctx, ByteBuf bytes) {
        ByteBuf before = given;
        ByteBuf now;
        if (before == null && bytes.isContiguous()) {
            now = bytes;
        } else if (before != null && hasRoom(before, bytes)) {
            now = before.discardSomeReadBytes().writeBytes(bytes);
            bytes.release();
        } else {
            now = joined(ctx, before, bytes);
        }
        given = now;
        return now.retain();
    }

    /** Whether a buffer, which is ours and the decoder's, can take more: nobody else may have a slice of it. */
    private static boolean hasRoom(ByteBuf before, ByteBuf bytes) {
        return before.refCnt() == 2 && !before.isReadOnly() && bytes.readableBytes() <= before.maxWritableBytes();
    }

    /** A decoder that has taken all of its buffer lets go of it for the next. */
    private static ByteBuf joined(ChannelHandlerContext ctx, @Nullable ByteBuf before, ByteBuf bytes) {
        int length = bytes.readableBytes() + (before == null ? 0 : before.readableBytes());
        ByteBuf both = ctx.alloc().buffer(length);
        if (before != null) {
            both.writeBytes(before);
            before.release();
        }
        both.writeBytes(bytes);
        bytes.release();
        return both;
    }

    private void letGoOfWhatIsTaken() {
        if (given != null && (!given.isReadable() || given.refCnt() == 1)) {
            letGo();
        }
    }

    private void letGo() {
        if (given != null) {
            given.release();
            given = null;
        }
    }

    private void findPlace(ChannelHandlerContext ctx) {
        if (place == Place.OUT_OF_SIGHT || (next != null && !next.isRemoved())) {
            return;
        }
        next = null;
        place = Place.BEFORE_NO_DECODER;
        boolean isBehind = false;
        for (Map.Entry<String, ChannelHandler> entry : ctx.pipeline()) {
            ChannelHandler handler = entry.getValue();
            if (!(handler instanceof ChannelInboundHandler)) {
                continue; // An encoder, by which the bytes do not come.
            }
            if (isBehind && next == null) {
                next = ctx.pipeline().context(handler);
                place = isDecoder(handler) ? Place.BEFORE_DECODER : place;
            } else if (isBehind && place == Place.BEFORE_NO_DECODER && isDecoder(handler)) {
                place = Place.APART_FROM_DECODER;
            }
            isBehind |= handler == this;
        }
    }

    private static boolean isDecoder(ChannelHandler handler) {
        return handler instanceof ByteToMessageDecoder
                || handler instanceof ByteToMessageCodec
                || handler instanceof CombinedChannelDuplexHandler;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        forget();
        letGo();
    }

    private void forget() {
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }
}
