package io.handoff.netty.token;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A one-time token that ties a handoff offer to the connection it is about: 128 bits that nobody can guess.
 *
 * <p>A token is a secret until it has been consumed. {@link #toString()} does not print it. Comparing takes the same time
 * whatever the two tokens have in common. {@link #toHex()} is there to hand a token to a child process in its environment.
 *
 * <p>Instances are immutable and safe to share between threads.
 */
public final class HandoffToken {

    /** Size of a token on the wire, in bytes. */
    public static final int BYTES = 16;

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Key the hash, so that a peer that chooses its own tokens cannot choose ones that collide in a hash table. */
    private static final long HIGH_KEY = RANDOM.nextLong() | 1;

    private static final long LOW_KEY = RANDOM.nextLong() | 1;

    private final long high;
    private final long low;

    private HandoffToken(long high, long low) {
        this.high = high;
        this.low = low;
    }

    /**
     * Draws a new token from the operating system's randomness.
     *
     * @return a token that has not been issued before, as far as 128 random bits can promise that
     */
    public static HandoffToken random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return ofBytes(bytes);
    }

    /**
     * Reads a token from its wire form.
     *
     * @param bytes exactly {@value #BYTES} bytes; copied
     * @return the token
     * @throws IllegalArgumentException if the length is another
     */
    public static HandoffToken ofBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "handoff token length was " + bytes.length + " bytes; expected " + BYTES);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new HandoffToken(buffer.getLong(), buffer.getLong());
    }

    /**
     * Reads a token from its hexadecimal form, as found in an environment variable.
     *
     * @param hex exactly 32 hexadecimal digits of either case
     * @return the token
     * @throws IllegalArgumentException if it is anything else. The message does not repeat the text, which may be a
     *     mistyped secret
     */
    public static HandoffToken ofHex(CharSequence hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException(
                    "handoff token was " + hex.length() + " characters; expected " + 2 * BYTES + " hexadecimal digits");
        }
        if (!hex.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException(
                    "handoff token has a character that is no hexadecimal digit; expected " + 2 * BYTES + " of them");
        }
        return ofBytes(HexFormat.of().parseHex(hex));
    }

    /**
     * Returns the wire form.
     *
     * @return a new array of {@value #BYTES} bytes
     */
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    /**
     * Returns the hexadecimal form, for an environment variable. It is the secret itself: do not log it, and do not put it
     * on a command line, which everybody on the host can read.
     *
     * @return 32 lower-case hexadecimal digits
     */
    public String toHex() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    /** Compares in constant time. */
    @Override
    public boolean equals(Object other) {
        return other instanceof HandoffToken that && equals(that.high, that.low);
    }

    /** Compares with the two halves of another token, in constant time. */
    boolean equals(long otherHigh, long otherLow) {
        return ((high ^ otherHigh) | (low ^ otherLow)) == 0;
    }

    @Override
    public int hashCode() {
        return (int) (hash() >>> Integer.SIZE);
    }

    long hash() {
        return hash(high, low);
    }

    /** The uppermost bits are the good ones: multiply-shift hashing, with random multipliers. */
    static long hash(long high, long low) {
        return high * HIGH_KEY + low * LOW_KEY;
    }

    @Override
    public String toString() {
        return "HandoffToken(redacted)";
    }
}
