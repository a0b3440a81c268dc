package io.handoff.reliability;

import static io.handoff.reliability.TokenPeer.ACCEPTED;

import io.handoff.benchmarks.load.LibcCalls;
import io.handoff.netty.HandoffToken;
import io.handoff.netty.HandoffTokenException;
import io.handoff.netty.HandoffTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** One token that is registered as often as it can be, while peers present it as often as they can. */
final class ReissueRace {

    private static final int AT_ONCE = 16;

    private final HandoffTokens tokens;
    private final Path socket;
    private final HandoffToken token = HandoffToken.random();
    private final AtomicLong presented = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private long registered;

    ReissueRace(HandoffTokens tokens, Path socket) {
        this.tokens = tokens;
        this.socket = socket;
    }

    /** Runs until the token has been accepted so often. */
    void run(int peers, int wanted) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(peers);
        try {
            List<Future<?>> presenting = new ArrayList<>();
            for (int peer = 0; peer < peers; peer++) {
                presenting.add(threads.submit(this::present));
            }
            while (accepted.get() < wanted && presenting.stream().noneMatch(Future::isDone)) {
                register();
            }
            isOver.set(true);
            for (Future<?> peer : presenting) {
                peer.get();
            }
        } finally {
            isOver.set(true);
            threads.shutdown();
        }
    }

    private void register() throws InterruptedException {
        var registering = tokens.register(token).await();
        if (registering.isSuccess()) {
            registered++;
        } else if (!(registering.cause() instanceof HandoffTokenException)) {
            throw new AssertionError("a token was not registered", registering.cause());
        }
    }

    private Void present() throws IOException {
        List<HandoffToken> some = Collections.nCopies(AT_ONCE, token);
        try (TokenPeer peer = TokenPeer.connect(new LibcCalls(socket))) {
            while (!isOver.get()) {
                peer.present(some);
                for (int i = 0; i < AT_ONCE; i++) {
                    count(peer.verdict());
                }
            }
        }
        return null;
    }

    private void count(String verdict) {
        presented.incrementAndGet();
        if (verdict.equals(ACCEPTED)) {
            accepted.incrementAndGet();
        } else if (!verdict.equals("handoff token is not pending") && !verdict.equals("handoff token expired")) {
            throw new AssertionError("the token was answered: " + verdict);
        }
    }

    long registered() {
        return registered;
    }

    long presented() {
        return presented.get();
    }

    long accepted() {
        return accepted.get();
    }
}
