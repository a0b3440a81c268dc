package io.handoff.netty;

import java.util.Arrays;

/** Decisions drawn from the bytes of a fuzzer, in their order: what a mutation changes is one decision, not all behind it. */
public final class FuzzInput {

    private final byte[] bytes;
    private int at;

    public FuzzInput(byte[] bytes) {
        this.bytes = bytes;
    }

    public boolean isEmpty() {
        return at == bytes.length;
    }

    /** The next byte, 0 to 255; zero when all are used up. */
    public int next() {
        return isEmpty() ? 0 : Byte.toUnsignedInt(bytes[at++]);
    }

    /** One of so many choices. */
    public int next(int choices) {
        return next() % choices;
    }

    /** A number of 32 bits. */
    public long number() {
        return (long) next() << 24 | next() << 16 | next() << 8 | next();
    }

    /** The next bytes; fewer, when no more are left. */
    public byte[] bytes(int length) {
        int from = at;
        at = Math.min(bytes.length, from + length);
        return Arrays.copyOfRange(bytes, from, at);
    }
}
