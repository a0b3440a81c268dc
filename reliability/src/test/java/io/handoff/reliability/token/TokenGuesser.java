package io.handoff.reliability.token;

import static io.handoff.reliability.token.TokenPeer.NOT_PENDING;

import io.handoff.netty.token.HandoffToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Presents tokens that it does not know, many at a time, as fast as the backend answers: random ones, and near misses. */
final class TokenGuesser implements Attackers.Attack, AutoCloseable {

    private static final int AT_ONCE = 64;

    private final TokenPeer peer;
    private final List<HandoffToken> pending;
    private final SplittableRandom random;

    /** Takes tokens that are pending all the while, for guesses of which a single bit is wrong. */
    TokenGuesser(Path backend, List<HandoffToken> pending, int seed) throws IOException {
        this.peer = TokenPeer.connect(backend);
        this.pending = pending;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public int make() throws IOException {
        peer.present(Stream.generate(this::guess).limit(AT_ONCE).toList());
        for (int i = 0; i < AT_ONCE; i++) {
            String verdict = peer.verdict();
            if (!verdict.equals(NOT_PENDING)) {
                throw new AssertionError("a guess was answered: " + verdict);
            }
        }
        return AT_ONCE;
    }

    private HandoffToken guess() {
        byte[] bytes = new byte[HandoffToken.BYTES];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        } else {
            bytes = pending.get(random.nextInt(pending.size())).toBytes();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return HandoffToken.ofBytes(bytes);
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }
}
