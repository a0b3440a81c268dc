package io.handoff.netty;

import java.util.Arrays;

/** Decisions drawn from the bytes of a fuzzer, in their order: what a mutation changes is one decision, not all behind it. */
final class FuzzInput {

    private final byte[] bytes;
    private int at;

    FuzzInput(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isEmpty() {
        return at == bytes.length;
    }

    /** The next byte, 0 to 255; zero when all are used up. */
    int next() {
        return isEmpty() ? 0 : Byte.toUnsignedInt(bytes[at++]);
    }

    /** One of so many choices. */
    int next(int choices) {
        return next() % choices;
    }

    /** A number of 32 bits. */
    long number() {
        return (long) next() << 24 | next() << 16 | next() << 8 | next();
    }

    /** The next bytes; fewer, when no more are left. */
    byte[] bytes(int length) {
        int from = at;
        at = Math.min(bytes.length, from + length);
        return Arrays.copyOfRange(bytes, from, at);
    }
}
