package io.handoff.netty;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Sizes and writes protobuf fields as proto3 does: a field that has its default value is left out. */
final class Fields {

    private static final int VARINT_PAYLOAD_BITS = 7;
    private static final int VARINT_CONTINUES = 1 << VARINT_PAYLOAD_BITS;

    private Fields() {}

    /** A number of any unsigned type or enum: on the wire they are all the same varint. */
    static int sizeOf(int field, long value) {
        return value == 0 ? 0 : CodedOutputStream.computeUInt64Size(field, value);
    }

    static void write(int field, long value, ByteBuf out) {
        if (value != 0) {
            writeVarint(key(field, WireFormat.WIRETYPE_VARINT), out);
            writeVarint(value, out);
        }
    }

    static int sizeOf(int field, String value) {
        return value.isEmpty() ? 0 : sizeOfBytes(field, ByteBufUtil.utf8Bytes(value));
    }

    static void write(int field, String value, ByteBuf out) {
        if (!value.isEmpty()) {
            int length = ByteBufUtil.utf8Bytes(value);
            writeLength(field, length, out);
            ByteBufUtil.reserveAndWriteUtf8(out, value, length);
        }
    }

    static int sizeOf(int field, byte[] value) {
        return sizeOfBytes(field, value.length);
    }

    static void write(int field, byte[] value, ByteBuf out) {
        writeLength(field, value.length, out);
        out.writeBytes(value);
    }

    /** The size of a field of so many bytes: a string, bytes, or a message. */
    static int sizeOfBytes(int field, int length) {
        return length == 0 ? 0 : CodedOutputStream.computeUInt32Size(field, length) + length;
    }

    /** What stands before the bytes of a string, of bytes, or of a message. */
    static void writeLength(int field, int length, ByteBuf out) {
        if (length > 0) {
            writeVarint(key(field, WireFormat.WIRETYPE_LENGTH_DELIMITED), out);
            writeVarint(length, out);
        }
    }

    private static int key(int field, int wireType) {
        return field << 3 | wireType;
    }

    private static void writeVarint(long value, ByteBuf out) {
        long left = value;
        while (left >>> VARINT_PAYLOAD_BITS != 0) {
            out.writeByte((int) left | VARINT_CONTINUES);
            left >>>= VARINT_PAYLOAD_BITS;
        }
        out.writeByte((int) left);
    }
}
