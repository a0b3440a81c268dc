package io.handoff.netty;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Protobuf by hand, for bytes that no encoder writes. */
public final class WireBytes {

    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH_DELIMITED = 2;
    static final int START_GROUP = 3;
    static final int END_GROUP = 4;
    static final int FIXED32 = 5;

    private WireBytes() {}

    static byte[] varint(long value) {
        return varint(value, 1);
    }

    /** As many bytes as it needs, or more. */
    static byte[] varint(long value, int minimalLength) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long left = value;
        while (left >>> 7 != 0 || bytes.size() + 1 < minimalLength) {
            bytes.write((int) ((left & 0x7F) | 0x80));
            left >>>= 7;
        }
        bytes.write((int) left);
        return bytes.toByteArray();
    }

    /** The number of the field may be any: of no bits, and of too many. */
    static long key(long number, int wireType) {
        return (number << 3) | wireType;
    }

    public static byte[] field(long number, int wireType, byte[] value) {
        return Frames.concat(varint(key(number, wireType)), value);
    }

    static byte[] number(long number, long value) {
        return field(number, VARINT, varint(value));
    }

    static byte[] bytes(long number, byte[] value) {
        return field(number, LENGTH_DELIMITED, Frames.concat(varint(value.length), value));
    }

    static byte[] group(long number, byte[] content) {
        return Frames.concat(varint(key(number, START_GROUP)), content, varint(key(number, END_GROUP)));
    }

    /** The header of a frame, whatever follows. */
    public static byte[] header(int version, long bodyLength) {
        return ByteBuffer.allocate(5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) version)
                .putInt((int) bodyLength)
                .array();
    }
}
