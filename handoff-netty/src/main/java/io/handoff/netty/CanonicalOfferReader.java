package io.handoff.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The fast way round {@link HandoffFrameParser} and {@link HandoffOfferValidator}: reads an {@link Offer} straight from a
 * body that has the layout which every encoder of the protocol writes (WIRE §4: fields in ascending order, defaults left
 * out, numbers in as few bytes as they need), without building the messages in between.
 *
 * <p>It never refuses anything. A body with whatever else in it, be it legal or not, goes on to the two general steps as
 * it came: unknown fields, a deadline, a token of another length, a string that is not ASCII, a payload over 127 bytes,
 * each deviation from the layout.
 */
@Sharable
final class CanonicalOfferReader extends ChannelInboundHandlerAdapter {

    static final CanonicalOfferReader INSTANCE = new CanonicalOfferReader();

    /** envelope_version = 1, no kind, as REQUEST is the default, payload_protocol = 0xD0FF, and the key of the payload. */
    private static final long ENVELOPE = 0x08_01_18_FF_A1_03_22L;

    private static final int ENVELOPE_BYTES = 7;

    /** The key of a token, and its length. */
    private static final int TOKEN = 0x12_10;

    private static final int TOKEN_FIELD_BYTES = 2 + HandoffToken.BYTES;
    private static final byte SERVICE_NAME = 0x1A;
    private static final byte CORRELATION_ID = 0x20;
    private static final byte REQUEST_ID = 0x28;
    private static final byte TRACEPARENT = 0x42;
    private static final byte TRACESTATE = 0x4A;

    /** A number of ten bytes may have more than 64 bits: left to the general way. */
    private static final int MAX_VARINT_SHIFT = 63;

    private static final ByteProcessor IS_ASCII = value -> value >= 0;

    private CanonicalOfferReader() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        Offer offer = msg instanceof ByteBuf body ? read(body) : null;
        if (offer == null) {
            ctx.fireChannelRead(msg);
        } else {
            ((ByteBuf) msg).release();
            ctx.fireChannelRead(offer);
        }
    }

    /** Returns null and leaves the body as it was, if it has another layout. */
    private static @Nullable Offer read(ByteBuf body) {
        int start = body.readerIndex();
        Offer offer = readFrame(body);
        if (offer == null) {
            body.readerIndex(start);
        }
        return offer;
    }

    private static @Nullable Offer readFrame(ByteBuf body) {
        int end = body.writerIndex();
        if (body.readableBytes() <= ENVELOPE_BYTES + TOKEN_FIELD_BYTES
                || body.getLong(body.readerIndex()) >>> Byte.SIZE != ENVELOPE) {
            return null;
        }
        body.skipBytes(ENVELOPE_BYTES);
        int payloadLength = body.readByte();
        int payloadEnd = body.readerIndex() + payloadLength;
        if (payloadLength < TOKEN_FIELD_BYTES || payloadEnd > end || body.readShort() != TOKEN) {
            return null;
        }
        byte[] token = new byte[HandoffToken.BYTES];
        body.readBytes(token);
        String serviceName = readText(SERVICE_NAME, body, payloadEnd);
        long correlationId = readNumber(CORRELATION_ID, body, payloadEnd);
        boolean isPayloadRead = body.readerIndex() == payloadEnd;
        long requestId = readNumber(REQUEST_ID, body, end);
        String traceparent = readText(TRACEPARENT, body, end);
        String tracestate = readText(TRACESTATE, body, end);
        return isPayloadRead && body.readerIndex() == end && requestId == correlationId
                ? new Offer(token, serviceName, correlationId, traceparent, tracestate)
                : null;
    }

    /** Reads nothing, if another field comes next or this one is unusual: then the end will not be reached. */
    private static String readText(byte key, ByteBuf body, int end) {
        int start = body.readerIndex() + 2;
        if (start > end || body.getByte(start - 2) != key) {
            return "";
        }
        int length = body.getByte(start - 1);
        if (length < 0 || length > end - start || body.forEachByte(start, length, IS_ASCII) >= 0) {
            return "";
        }
        body.readerIndex(start + length);
        return body.toString(start, length, StandardCharsets.US_ASCII);
    }

    /** As {@link #readText}. */
    private static long readNumber(byte key, ByteBuf body, int end) {
        int at = body.readerIndex();
        if (at == end || body.getByte(at) != key) {
            return 0;
        }
        long value = 0;
        for (int shift = 0; shift < MAX_VARINT_SHIFT && ++at < end; shift += 7) {
            byte next = body.getByte(at);
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                body.readerIndex(at + 1);
                return value;
            }
        }
        return 0;
    }
}
