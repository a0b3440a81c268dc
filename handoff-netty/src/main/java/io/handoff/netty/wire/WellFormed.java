package io.handoff.netty.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.nio.ByteBuffer;

/**
 * Refuses messages whose encoding is broken where protobuf-java reads on: it drops the upper bits of a field key, of a
 * length and of a 64-bit number that has more, so that such a field becomes another one. The reference refuses them, and
 * two ends that read the same bytes differently are an attacker's tool.
 *
 * <p>One pass over keys and lengths. Everything else about a message is the parser's to judge.
 */
final class WellFormed {

    /** A field lies in fewer groups than this, here as in the reference; protobuf-java lets it lie in exactly as many. */
    private static final int MAX_DEPTH = 100;

    private static final int LAST_VARINT_SHIFT = 63;

    private WellFormed() {}

    /** Takes the bytes of a whole message, and reads them to their end. */
    static void check(ByteBuffer message) throws InvalidProtocolBufferException {
        while (message.hasRemaining()) {
            skipValue(message, readKey(message), 0);
        }
    }

    private static int readKey(ByteBuffer in) throws InvalidProtocolBufferException {
        long key = readVarint(in);
        if (key >>> Integer.SIZE != 0) {
            throw new InvalidProtocolBufferException("a field key has more than 32 bits");
        }
        if (WireFormat.getTagFieldNumber((int) key) == 0) {
            throw new InvalidProtocolBufferException("a field has the number 0");
        }
        return (int) key;
    }

    private static void skipValue(ByteBuffer in, int key, int depth) throws InvalidProtocolBufferException {
        if (depth == MAX_DEPTH) {
            throw new InvalidProtocolBufferException("a field lies in " + MAX_DEPTH + " groups");
        }
        switch (WireFormat.getTagWireType(key)) {
            case WireFormat.WIRETYPE_VARINT -> readVarint(in);
            case WireFormat.WIRETYPE_FIXED64 -> skip(in, Long.BYTES);
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> skip(in, readVarint(in));
            case WireFormat.WIRETYPE_START_GROUP -> skipGroup(in, WireFormat.getTagFieldNumber(key), depth);
            case WireFormat.WIRETYPE_FIXED32 -> skip(in, Integer.BYTES);
            case WireFormat.WIRETYPE_END_GROUP ->
                throw new InvalidProtocolBufferException("a group ends that has not begun");
            default -> throw new InvalidProtocolBufferException("a field has an unknown wire type");
        }
    }

    private static void skipGroup(ByteBuffer in, int number, int depth) throws InvalidProtocolBufferException {
        int key = readKey(in);
        while (WireFormat.getTagWireType(key) != WireFormat.WIRETYPE_END_GROUP) {
            skipValue(in, key, depth + 1);
            key = readKey(in);
        }
        if (WireFormat.getTagFieldNumber(key) != number) {
            throw new InvalidProtocolBufferException("a group ends inside another");
        }
    }

    private static void skip(ByteBuffer in, long length) throws InvalidProtocolBufferException {
        if (length < 0 || length > in.remaining()) {
            throw new InvalidProtocolBufferException("a field reaches over the end of the message");
        }
        in.position(in.position() + (int) length);
    }

    private static long readVarint(ByteBuffer in) throws InvalidProtocolBufferException {
        long value = 0;
        for (int shift = 0; shift <= LAST_VARINT_SHIFT && in.hasRemaining(); shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                if (shift == LAST_VARINT_SHIFT && next > 1) {
                    break;
                }
                return value;
            }
        }
        throw new InvalidProtocolBufferException("a varint does not end, or has more than 64 bits");
    }
}
