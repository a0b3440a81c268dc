package io.handoff.netty.wire;

import com.google.protobuf.WireFormat;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads past the body of a frame that is too long to be taken in, and keeps nothing of it but what is needed to answer it: the fields of
 * the envelope, at its uppermost level. The body may come in any pieces.
 */
final class FrameSkimmer {

    private static final int MAX_VARINT_BYTES = 10;

    private final HandoffWireException why;
    private long left;

    /** What is being read: the key of a field, its number or length, or bytes that are skipped. */
    private Part part = Part.KEY;

    private int field;
    private long varint;
    private int varintBytes;
    private long toSkip;

    private long envelopeVersion;
    private long kind;
    private long payloadProtocol;
    private long requestId;

    /** Takes the length of the body, and why it is not taken in. */
    FrameSkimmer(long length, HandoffWireException why) {
        this.left = length;
        this.why = why;
    }

    private enum Part {
        KEY,
        NUMBER,
        LENGTH,
        SKIPPED
    }

    /**
     * Reads what is there of the body.
     *
     * @return the offer, once the body has ended; null before
     * @throws HandoffWireException what was wrong with the frame, if it turns out to be none that can be answered
     */
    @Nullable
    OverlongOffer read(ByteBuf in) {
        while (left > 0 && in.isReadable()) {
            if (part == Part.SKIPPED) {
                skip(in);
            } else {
                left--;
                readVarint(in.readByte());
            }
        }
        if (left > 0) {
            return null;
        }
        if (part != Part.KEY || varintBytes > 0 || !isOffer()) {
            throw why;
        }
        return new OverlongOffer(requestId, why);
    }

    private boolean isOffer() {
        return envelopeVersion == Envelope.VERSION
                && kind == FrameKind.FRAME_KIND_REQUEST_VALUE
                && payloadProtocol == Envelope.PAYLOAD_PROTOCOL;
    }

    private void skip(ByteBuf in) {
        int bytes = (int) Math.min(Math.min(toSkip, left), in.readableBytes());
        in.skipBytes(bytes);
        left -= bytes;
        toSkip -= bytes;
        if (toSkip == 0) {
            part = Part.KEY;
        }
    }

    private void readVarint(byte next) {
        if (varintBytes == MAX_VARINT_BYTES) {
            throw why;
        }
        varint |= (next & 0x7FL) << (7 * varintBytes);
        varintBytes++;
        if (next >= 0) {
            long value = varint;
            varint = 0;
            varintBytes = 0;
            take(value);
        }
    }

    private void take(long value) {
        switch (part) {
            case KEY -> takeKey((int) value);
            case NUMBER -> takeNumber(value);
            case LENGTH -> skipNext(value);
            case SKIPPED -> throw new IllegalStateException("bytes that are skipped are no number");
        }
    }

    private void takeKey(int key) {
        field = WireFormat.getTagFieldNumber(key);
        switch (WireFormat.getTagWireType(key)) {
            case WireFormat.WIRETYPE_VARINT -> part = Part.NUMBER;
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> part = Part.LENGTH;
            case WireFormat.WIRETYPE_FIXED64 -> skipNext(Long.BYTES);
            case WireFormat.WIRETYPE_FIXED32 -> skipNext(Integer.BYTES);
            default -> throw why;
        }
    }

    private void takeNumber(long value) {
        switch (field) {
            case Frame.ENVELOPE_VERSION_FIELD_NUMBER -> envelopeVersion = value;
            case Frame.KIND_FIELD_NUMBER -> kind = value;
            case Frame.PAYLOAD_PROTOCOL_FIELD_NUMBER -> payloadProtocol = value;
            case Frame.REQUEST_ID_FIELD_NUMBER -> requestId = value;
            default -> {}
        }
        part = Part.KEY;
    }

    private void skipNext(long bytes) {
        if (bytes < 0 || bytes > left) {
            throw why;
        }
        toSkip = bytes;
        part = bytes == 0 ? Part.KEY : Part.SKIPPED;
    }
}
