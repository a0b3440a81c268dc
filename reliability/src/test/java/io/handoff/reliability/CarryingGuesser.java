package io.handoff.reliability;

import io.handoff.benchmarks.load.LibcCalls;
import io.handoff.netty.HandoffToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/** Opens one connection after the other with a client and a token, and offers another token, as fast as it gets answers. */
final class CarryingGuesser implements Callable<Long> {

    private final Path socket;
    private final AtomicBoolean isOver;

    CarryingGuesser(Path socket, AtomicBoolean isOver) {
        this.socket = socket;
        this.isOver = isOver;
    }

    /** Returns how many guesses were answered. */
    @Override
    public Long call() throws IOException {
        LibcCalls libc = new LibcCalls(socket);
        long answered = 0;
        while (!isOver.get()) {
            guess(libc);
            answered++;
        }
        return answered;
    }

    private static void guess(LibcCalls libc) throws IOException {
        try (CarriedClient client = new CarriedClient(libc);
                TokenPeer peer = TokenPeer.connect(libc)) {
            peer.carry(libc, HandoffToken.random(), client).present(HandoffToken.random());
            String verdict = peer.verdict();
            if (!verdict.equals("handoff token mismatch") || client.isServed()) {
                throw new AssertionError("a guess was answered: " + verdict);
            }
        }
    }
}
