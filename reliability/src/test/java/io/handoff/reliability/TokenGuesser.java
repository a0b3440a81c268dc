package io.handoff.reliability;

import io.handoff.benchmarks.load.LibcCalls;
import io.handoff.netty.HandoffToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Presents tokens that it does not know, many at a time, as fast as the backend answers. */
final class TokenGuesser implements Callable<Long> {

    private static final int AT_ONCE = 64;

    private final Path socket;
    private final AtomicBoolean isOver;
    private final Supplier<HandoffToken> guesses;
    private final String expectedVerdict;

    /** Guesses until the attack is over, and fails at a verdict that is not the expected one. */
    TokenGuesser(Path socket, AtomicBoolean isOver, Supplier<HandoffToken> guesses, String expectedVerdict) {
        this.socket = socket;
        this.isOver = isOver;
        this.guesses = guesses;
        this.expectedVerdict = expectedVerdict;
    }

    /** Returns how many guesses were answered. */
    @Override
    public Long call() throws IOException {
        long answered = 0;
        try (TokenPeer peer = TokenPeer.connect(new LibcCalls(socket))) {
            while (!isOver.get()) {
                List<HandoffToken> some =
                        Stream.generate(guesses).limit(AT_ONCE).toList();
                peer.present(some);
                for (int i = 0; i < AT_ONCE; i++) {
                    expect(peer.verdict());
                    answered++;
                }
            }
        }
        return answered;
    }

    private void expect(String verdict) {
        if (!verdict.equals(expectedVerdict)) {
            throw new AssertionError("a guess was answered: " + verdict);
        }
    }
}
