package io.handoff.netty;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
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

    static int sizeOf(int field, ByteString value) {
        return value.isEmpty() ? 0 : CodedOutputStream.computeBytesSize(field, value);
    }

    static void write(int field, ByteString value, CodedOutputStream out) throws IOException {
        if (!value.isEmpty()) {
            out.writeBytes(field, value);
        }
    }
}
