package io.handoff.reliability.token;

import static io.handoff.reliability.token.TokenPeer.ACCEPTED;
import static io.handoff.reliability.token.TokenPeer.EXPIRED;
import static io.handoff.reliability.token.TokenPeer.NOT_PENDING;

import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenException;
import io.handoff.netty.token.HandoffTokens;
import java.io.IOException;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicLong;

/** One token that is registered as often as it can be, while peers present it as often as they can. */
final class ReissueRace {

    private static final int AT_ONCE = 16;

    private final HandoffTokens tokens;
    private final HandoffToken token = HandoffToken.random();
    private final AtomicLong accepted = new AtomicLong();

    ReissueRace(HandoffTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * Makes the token pending again, unless it is.
     *
     * @return how often it was registered: once or not at all
     */
    int register() throws InterruptedException {
        var registering = tokens.register(token).await();
        if (registering.isSuccess()) {
            return 1;
        }
        if (registering.cause() instanceof HandoffTokenException) {
            return 0;
        }
        throw new AssertionError("a token was not registered", registering.cause());
    }

    /** Presents the token many times at once on the connection of one peer. */
    int present(TokenPeer peer) throws IOException {
        peer.present(Collections.nCopies(AT_ONCE, token));
        for (int i = 0; i < AT_ONCE; i++) {
            count(peer.verdict());
        }
        return AT_ONCE;
    }

    private void count(String verdict) {
        if (verdict.equals(ACCEPTED)) {
            accepted.incrementAndGet();
        } else if (!verdict.equals(NOT_PENDING) && !verdict.equals(EXPIRED)) {
            throw new AssertionError("the token was answered: " + verdict);
        }
    }

    /** How often the peers were told that it is accepted. */
    long accepted() {
        return accepted.get();
    }
}
