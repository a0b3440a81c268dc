package io.handoff.netty.wire;

import io.handoff.netty.token.HandoffToken;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads an {@link Offer} straight from a frame's body, if that has the layout which encoders of the protocol write (WIRE §4:
 * fields in ascending order, defaults left out, but for a {@code handle_value} of zero, which the reference writes since
 * 4.10), without building the messages in between.
 *
 * <p>It refuses nothing. A body with whatever else in it, be it legal or not, is left to the general way: unknown fields, a
 * deadline, a token of another length, a text that is not ASCII or longer than 127 bytes, a number of more than 63 bits,
 * each deviation from the layout.
 *
 * <p>Remembers where in a body it is, so one serves one connection.
 */
final class CanonicalOffer {

    /** envelope_version = 1, no kind, as REQUEST is the default, payload_protocol = 0xD0FF, and the key of the payload. */
    private static final byte[] ENVELOPE = {0x08, 0x01, 0x18, (byte) 0xFF, (byte) 0xA1, 0x03, 0x22};

    private static final byte HANDLE_VALUE = 0x08;
    private static final byte TOKEN = 0x12;
    private static final byte SERVICE_NAME = 0x1A;
    private static final byte CORRELATION_ID = 0x20;
    private static final byte REQUEST_ID = 0x28;
    private static final byte TRACEPARENT = 0x42;
    private static final byte TRACESTATE = 0x4A;

    /** Of a text and of the payload: its length is one byte on the wire. */
    private static final int MAX_LENGTH = 127;

    /** Nine bytes on the wire. */
    private static final int MAX_NUMBER_BITS = 63;

    private static final int TOKEN_FIELD_BYTES = 2 + HandoffToken.BYTES;
    private static final int MAX_BYTES = ENVELOPE.length + 1 + MAX_LENGTH + 10 + 2 * (2 + MAX_LENGTH);
    private static final int MIN_BYTES = ENVELOPE.length + 1 + TOKEN_FIELD_BYTES;

    /** For a copy of the body, so that the array that is read is on the heap: one for each thread, as most connections have one offer. */
    private static final FastThreadLocal<byte[]> COPY = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[MAX_BYTES];
        }
    };

    private int at;
    private int bodyEnd;

    /** Returns null, if the body has another layout. Does not move its indices. */
    @Nullable
    Offer read(ByteBuf body) {
        int length = body.readableBytes();
        if (length < MIN_BYTES || length > MAX_BYTES) {
            return null;
        }
        byte[] copy = COPY.get();
        body.getBytes(body.readerIndex(), copy, 0, length);
        bodyEnd = length;
        return read(copy);
    }

    private @Nullable Offer read(byte[] body) {
        if (!Arrays.equals(body, 0, ENVELOPE.length, ENVELOPE, 0, ENVELOPE.length)) {
            return null;
        }
        at = ENVELOPE.length;
        int payloadLength = body[at++];
        int payloadEnd = at + payloadLength;
        if (body[at] == HANDLE_VALUE && body[at + 1] == 0) {
            at += 2;
        }
        if (payloadEnd - at < TOKEN_FIELD_BYTES
                || payloadEnd > bodyEnd
                || body[at] != TOKEN
                || body[at + 1] != HandoffToken.BYTES) {
            return null;
        }
        at += 2;
        byte[] token = Arrays.copyOfRange(body, at, at + HandoffToken.BYTES);
        at += HandoffToken.BYTES;
        String serviceName = readText(body, SERVICE_NAME, payloadEnd);
        long correlationId = readNumber(body, CORRELATION_ID, payloadEnd);
        boolean isPayloadRead = at == payloadEnd;
        long requestId = readNumber(body, REQUEST_ID, bodyEnd);
        String traceparent = readText(body, TRACEPARENT, bodyEnd);
        String tracestate = readText(body, TRACESTATE, bodyEnd);
        return isPayloadRead && at == bodyEnd && requestId == correlationId
                ? new Offer(token, serviceName, correlationId, traceparent, tracestate)
                : null;
    }

    /** Moves only over the field that it is asked for, and only if that is in order: else the end is not reached. */
    private String readText(byte[] body, byte key, int end) {
        int start = at + 2;
        if (start > end || body[at] != key) {
            return "";
        }
        int length = body[at + 1];
        if (length < 0 || length > end - start || !isAscii(body, start, start + length)) {
            return "";
        }
        at = start + length;
        return new String(body, start, length, StandardCharsets.ISO_8859_1);
    }

    private static boolean isAscii(byte[] body, int start, int end) {
        int all = 0;
        for (int i = start; i < end; i++) {
            all |= body[i];
        }
        return all >= 0;
    }

    /** As {@link #readText}. */
    private long readNumber(byte[] body, byte key, int end) {
        if (at == end || body[at] != key) {
            return 0;
        }
        long value = 0;
        int next = at + 1;
        for (int shift = 0; shift < MAX_NUMBER_BITS && next < end; shift += 7) {
            byte bits = body[next++];
            value |= (long) (bits & 0x7F) << shift;
            if (bits >= 0) {
                at = next;
                return value;
            }
        }
        return 0;
    }
}
