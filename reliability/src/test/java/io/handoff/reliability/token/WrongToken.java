package io.handoff.reliability.token;

import io.handoff.netty.token.HandoffToken;
import java.util.SplittableRandom;

/**
 * A token that has so many first bytes of a secret one right, and is random from there on; made with the same work whatever
 * that number is.
 *
 * @param token the token
 * @param bytes its bytes
 */
record WrongToken(
        HandoffToken token,
        @SuppressWarnings("ArrayRecordComponent") byte[] bytes) { // Never compared.

    static WrongToken of(HandoffToken secret, int rightBytes, SplittableRandom random) {
        byte[] right = secret.toBytes();
        byte[] bytes = new byte[HandoffToken.BYTES];
        random.nextBytes(bytes);
        System.arraycopy(right, 0, bytes, 0, rightBytes);
        bytes[rightBytes] = (byte) (right[rightBytes] ^ random.nextInt(1, 1 << Byte.SIZE));
        return new WrongToken(HandoffToken.ofBytes(bytes), bytes);
    }
}
