package io.handoff.netty;

import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffFrameDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Streams of one frame with an offer or an ACK: good ones, broken ones, and those in between. The same seed gives the same
 * streams.
 */
public final class RandomStreams {

    /** Stands where the payload goes once it is complete. */
    private static final byte[] PAYLOAD = {};

    /** The fields of a message by their types; each has one of bytes. */
    private record Fields(List<Integer> numbers, List<Integer> strings, int bytes) {}

    private static final Fields FRAME = new Fields(List.of(1, 2, 3, 5, 6, 7), List.of(8, 9), 4);
    private static final Fields OFFER = new Fields(List.of(1, 4), List.of(3), 2);
    private static final Fields ACK = new Fields(List.of(2, 4), List.of(3), 1);

    private static final int RESPONSE = 1;

    private static final List<String> INVALID_UTF8 = List.of(
            "\u0080", // A continuation without a start.
            "\u00c3", // A start without a continuation.
            "\u00c0\u0080", // Two bytes for U+0000.
            "\u00e0\u0080\u00af", // Three for a slash.
            "\u00ed\u00a0\u0080", // Half a surrogate pair.
            "\u00f4\u0090\u0080\u0080", // One over U+10FFFF.
            "\u00f8\u0088\u0080\u0080\u0080", // Five bytes.
            "\u00ff",
            "ok\u00e2\u0082");

    private static final long[] ODD_NUMBERS = {
        0,
        1,
        2,
        3,
        7,
        0xD0FF,
        0x7F,
        0x80,
        0xAD01,
        Integer.MAX_VALUE,
        1L << 31,
        0xFFFFFFFFL,
        1L << 32,
        (1L << 32) + 1,
        (1L << 32) + 0xD0FF,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -2,
        Integer.MIN_VALUE
    };

    /** How many to make; one is the most telling. */
    private static final int[] CHANGES = {0, 1, 1, 1, 1, 2, 3};

    private final Random random;

    public RandomStreams(long seed) {
        random = new Random(seed);
    }

    /** The bytes of one connection that a broker has made. */
    public byte[] next() {
        List<byte[]> frame = new ArrayList<>();
        List<byte[]> offer = new ArrayList<>();
        fillIn(frame, offer);
        return changed(frame, OFFER, offer);
    }

    /** The bytes of an answer to an offer, more or less. */
    public byte[] nextAck(HandoffToken token, long correlationId) {
        byte[] echo = token.toBytes();
        if (isRare()) {
            echo[random.nextInt(echo.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        List<byte[]> frame = new ArrayList<>(List.of(
                WireBytes.number(1, 1),
                WireBytes.number(2, isRare() ? anyNumber() : RESPONSE),
                WireBytes.number(3, 0xD0FF),
                PAYLOAD,
                WireBytes.number(5, isRare() ? anyNumber() : correlationId)));
        List<byte[]> ack = new ArrayList<>(List.of(WireBytes.bytes(1, echo)));
        if (random.nextInt(3) > 0) {
            ack.add(WireBytes.number(2, 1));
        }
        if (random.nextBoolean()) {
            ack.add(WireBytes.bytes(3, isRare() ? " ".getBytes(StandardCharsets.US_ASCII) : anyText()));
        }
        ack.add(WireBytes.number(4, isRare() ? anyNumber() : correlationId));
        return changed(frame, ACK, ack);
    }

    private boolean isRare() {
        return random.nextInt(16) == 0;
    }

    private byte[] changed(List<byte[]> frame, Fields fields, List<byte[]> message) {
        for (int changes = CHANGES[random.nextInt(CHANGES.length)]; changes > 0; changes--) {
            if (random.nextBoolean()) {
                change(frame, FRAME);
            } else {
                change(message, fields);
            }
        }
        byte[] payload = WireBytes.bytes(FRAME.bytes(), join(message));
        frame.replaceAll(field -> field == PAYLOAD ? payload : field);
        byte[] stream = framed(join(frame));
        return random.nextInt(5) == 0 ? damaged(stream) : stream;
    }

    private void fillIn(List<byte[]> frame, List<byte[]> offer) {
        long correlationId = anyNumber();
        frame.add(WireBytes.number(1, 1));
        frame.add(WireBytes.number(3, 0xD0FF));
        frame.add(PAYLOAD);
        frame.add(WireBytes.number(5, correlationId));
        if (random.nextBoolean()) {
            frame.add(WireBytes.number(7, anyNumber()));
            frame.add(WireBytes.bytes(8, anyText()));
            frame.add(WireBytes.bytes(9, anyText()));
        }
        if (random.nextBoolean()) {
            offer.add(WireBytes.number(1, anyNumber()));
        }
        offer.add(WireBytes.bytes(2, anyBytes(random.nextInt(4) == 0 ? random.nextInt(40) : HandoffToken.BYTES)));
        offer.add(WireBytes.bytes(3, anyText()));
        offer.add(WireBytes.number(4, correlationId));
    }

    private void change(List<byte[]> message, Fields fields) {
        List<Integer> numbers = fields.numbers();
        List<Integer> strings = fields.strings();
        // Of an empty message, which all of its fields may have left by now, nothing can be removed or repeated.
        switch (random.nextInt(message.isEmpty() ? 3 : 0, 14)) {
            case 0 -> Collections.shuffle(message, random);
            case 1 -> message.remove(random.nextInt(message.size()));
            case 2 -> insert(message, message.get(random.nextInt(message.size())));
            case 3 -> insert(message, WireBytes.number(oneOf(numbers), anyNumber()));
            case 4 -> insert(message, WireBytes.bytes(oneOf(strings), anyText()));
            case 5 -> insert(message, WireBytes.field(oneOf(numbers), WireBytes.VARINT, oddVarint()));
            case 6 -> insert(message, WireBytes.bytes(oneOf(strings), invalidUtf8()));
            case 7 -> insert(message, WireBytes.bytes(random.nextInt(3) == 0 ? fields.bytes() : unknown(), anyText()));
            case 8 -> insert(message, wronglyTyped(fields));
            case 9 -> insert(message, unknownField(3));
            case 10 -> insert(message, deeplyNested());
            case 11 -> insert(message, oddlyKeyed(numbers));
            case 12 -> insert(message, oddlyLong(random.nextBoolean() ? unknown() : oneOf(strings)));
            default -> insert(message, unbalanced());
        }
    }

    private void insert(List<byte[]> message, byte[] field) {
        message.add(random.nextInt(message.size() + 1), field);
    }

    private byte[] wronglyTyped(Fields fields) {
        int wireType = random.nextInt(8);
        int field = switch (random.nextInt(3)) {
            case 0 -> oneOf(fields.numbers());
            case 1 -> oneOf(fields.strings());
            default -> fields.bytes();
        };
        return random.nextInt(4) == 0 ? WireBytes.group(field, new byte[0]) : valueOf(field, wireType, 1);
    }

    private byte[] unknownField(int depth) {
        return valueOf(unknown(), random.nextInt(random.nextInt(5) == 0 ? 8 : 6), depth);
    }

    private byte[] valueOf(long field, int wireType, int depth) {
        return switch (wireType) {
            case WireBytes.VARINT ->
                random.nextInt(3) == 0
                        ? WireBytes.field(field, wireType, oddVarint())
                        : WireBytes.number(field, anyNumber());
            case WireBytes.FIXED64 -> WireBytes.field(field, wireType, anyBytes(8));
            case WireBytes.LENGTH_DELIMITED ->
                random.nextInt(4) == 0 ? oddlyLong(field) : WireBytes.bytes(field, anyBytes(random.nextInt(20)));
            case WireBytes.START_GROUP -> WireBytes.group(field, groupContent(depth - 1));
            case WireBytes.FIXED32 -> WireBytes.field(field, wireType, anyBytes(4));
            // An end without its start, or no wire type at all.
            default -> WireBytes.field(field, wireType, new byte[0]);
        };
    }

    private byte[] groupContent(int depth) {
        if (depth == 0) {
            return new byte[0];
        }
        byte[] content = new byte[0];
        for (int left = random.nextInt(4); left > 0; left--) {
            content = Frames.concat(content, random.nextInt(8) == 0 ? oddlyKeyed(List.of(1)) : unknownField(depth));
        }
        return content;
    }

    /** Around the recursion limit of the implementations, which is 100. */
    private byte[] deeplyNested() {
        byte[] nested = random.nextBoolean() ? new byte[0] : WireBytes.number(7, 7);
        long number = unknown();
        for (int depth = 97 + random.nextInt(6); depth > 0; depth--) {
            nested = WireBytes.group(number, nested);
        }
        return nested;
    }

    private byte[] unbalanced() {
        byte[] group = WireBytes.group(11, WireBytes.group(12, WireBytes.number(1, 1)));
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(group, group.length - 1);
            case 1 -> Arrays.copyOfRange(group, 1, group.length);
            // Each ends where the other should.
            case 2 -> new byte[] {0x5b, 0x63, 0x5c, 0x64};
            default -> Frames.concat(group, WireBytes.varint(WireBytes.key(unknown(), WireBytes.END_GROUP)));
        };
    }

    /** More bytes than it needs, more than 64 bits in ten bytes, more than ten bytes, or no end. */
    private byte[] oddVarint() {
        byte[] tenBytes = WireBytes.varint(ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)] | Long.MIN_VALUE);
        return switch (random.nextInt(4)) {
            case 0 -> WireBytes.varint(ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)], 1 + random.nextInt(10));
            case 1 -> {
                tenBytes[9] = (byte) random.nextInt(0x80);
                yield tenBytes;
            }
            case 2 -> {
                tenBytes[9] |= (byte) 0x80;
                yield Frames.concat(tenBytes, new byte[] {(byte) random.nextInt(3)});
            }
            default -> WireBytes.varint(anyNumber(), 11 + random.nextInt(2));
        };
    }

    private byte[] oddlyKeyed(List<Integer> numbers) {
        long number = switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> (1L << 29) - 1;
            case 2 -> 1L << 29;
            // Its lower bits are those of a known field.
            case 3 -> oneOf(numbers) + (1L << (29 + random.nextInt(32)));
            default -> oneOf(numbers);
        };
        byte[] key = WireBytes.varint(WireBytes.key(number, WireBytes.VARINT), 1 + random.nextInt(11));
        return Frames.concat(key, WireBytes.varint(random.nextInt(3)));
    }

    private byte[] oddlyLong(long field) {
        byte[] value = anyText();
        byte[] length = switch (random.nextInt(5)) {
            case 0 -> WireBytes.varint(value.length, 1 + random.nextInt(10));
            case 1 -> WireBytes.varint(value.length + (1L << (32 + random.nextInt(32))));
            case 2 -> WireBytes.varint(value.length + 1L + random.nextInt(300));
            case 3 -> WireBytes.varint(anyNumber());
            default -> oddVarint();
        };
        return WireBytes.field(field, WireBytes.LENGTH_DELIMITED, Frames.concat(length, value));
    }

    private byte[] framed(byte[] body) {
        return Frames.concat(WireBytes.header(1, body.length), body);
    }

    private byte[] damaged(byte[] stream) {
        switch (random.nextInt(4)) {
            case 0 -> {
                return Arrays.copyOf(stream, random.nextInt(stream.length));
            }
            case 1 -> {
                byte[] header = WireBytes.header(random.nextInt(3), oddBodyLength(stream.length - 5));
                return Frames.concat(header, Arrays.copyOfRange(stream, 5, stream.length));
            }
            case 2 -> {
                int at = 5 + random.nextInt(stream.length - 5);
                return framed(Arrays.copyOfRange(stream, 5, at));
            }
            default -> {
                for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                    stream[random.nextInt(stream.length)] ^= (byte) (1 << random.nextInt(8));
                }
                return stream;
            }
        }
    }

    private long oddBodyLength(int bodyLength) {
        return switch (random.nextInt(4)) {
            case 0 -> HandoffFrameDecoder.MAX_FRAME_LENGTH + (long) random.nextInt(2);
            case 1 -> random.nextInt();
            case 2 -> random.nextInt(bodyLength + 10);
            default -> bodyLength;
        };
    }

    private long unknown() {
        return random.nextInt(3) == 0 ? 16 + random.nextInt((1 << 29) - 16) : 10 + random.nextInt(10);
    }

    private long anyNumber() {
        return switch (random.nextInt(3)) {
            case 0 -> ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)];
            case 1 -> random.nextInt(1000);
            default -> random.nextLong();
        };
    }

    private byte[] anyText() {
        String text = random.nextBoolean() ? "service-" : "\u00fc\u4e16\ud83d\ude00\u0000";
        return text.repeat(random.nextInt(4)).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] invalidUtf8() {
        byte[] invalid = INVALID_UTF8.get(random.nextInt(INVALID_UTF8.size())).getBytes(StandardCharsets.ISO_8859_1);
        return Frames.concat(anyText(), invalid, random.nextBoolean() ? anyText() : new byte[0]);
    }

    private byte[] anyBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private int oneOf(List<Integer> numbers) {
        return numbers.get(random.nextInt(numbers.size()));
    }

    private static byte[] join(List<byte[]> parts) {
        return Frames.concat(parts.toArray(byte[][]::new));
    }
}
