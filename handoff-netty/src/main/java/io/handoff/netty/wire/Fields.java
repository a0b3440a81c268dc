package io.handoff.netty.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** Sizes and writes protobuf fields as proto3 does: a field that has its default value is left out. */
final class Fields {

    private Fields() {}

    /** A number of any unsigned type or enum: on the wire they are all the same varint. */
    static int sizeOf(int field, long value) {
        return value == 0 ? 0 : CodedOutputStream.computeUInt64Size(field, value);
    }

    static void write(int field, long value, CodedOutputStream out) throws IOException {
        if (value != 0) {
            out.writeUInt64(field, value);
        }
    }

    static int sizeOf(int field, String value) {
        return value.isEmpty() ? 0 : CodedOutputStream.computeStringSize(field, value);
    }

    static void write(int field, String value, CodedOutputStream out) throws IOException {
        if (!value.isEmpty()) {
            out.writeString(field, value);
        }
    }

    static int sizeOf(int field, byte[] value) {
        return sizeOfBytes(field, value.length);
    }

    static void write(int field, byte[] value, CodedOutputStream out) throws IOException {
        writeLength(field, value.length, out);
        out.write(value, 0, value.length);
    }

    /** The size of a field of so many bytes: a string, bytes, or a message. */
    static int sizeOfBytes(int field, int length) {
        return length == 0 ? 0 : CodedOutputStream.computeUInt32Size(field, length) + length;
    }

    /** What stands before the bytes of a string, of bytes, or of a message. */
    static void writeLength(int field, int length, CodedOutputStream out) throws IOException {
        if (length > 0) {
            out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(length);
        }
    }
}
