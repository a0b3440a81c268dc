package io.handoff.reliability.token.race;

import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenException;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.token.TokenVerdict;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.time.Duration;

/**
 * What the races share: one event loop for the tokens, as a server has it. The actors of a race call from their own threads
 * and do not wait; its arbiter asks afterwards what came of the calls. Two actors and the loop are three threads.
 */
final class RacedTokens {

    /** The token that they race for. */
    static final HandoffToken TOKEN = HandoffToken.random();

    private static final EventLoop LOOP = new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("tokens", true), EpollIoHandler.newFactory())
            .next();

    private RacedTokens() {}

    static HandoffTokens atMost(int maxPending) {
        return new HandoffTokens(new HandoffTokenStore(LOOP, maxPending, Duration.ofHours(1)));
    }

    /** Tokens of which the raced one is pending. */
    static HandoffTokens withOnePending() {
        HandoffTokens tokens = atMost(2);
        tokens.register(TOKEN);
        return tokens;
    }

    /** Whether a token was consumed by a call. */
    static boolean isAccepted(Future<TokenVerdict> consumed) {
        return answer(consumed) == TokenVerdict.CONSUMED;
    }

    static <T> T answer(Future<T> call) {
        call.awaitUninterruptibly();
        if (!call.isSuccess()) {
            throw new IllegalStateException("a call failed", call.cause());
        }
        return call.getNow();
    }

    /** Whether a token was made pending by a call, or the store said why not. */
    static boolean isMadePending(Future<?> call) {
        call.awaitUninterruptibly();
        if (!call.isSuccess() && !(call.cause() instanceof HandoffTokenException)) {
            throw new IllegalStateException("a call failed", call.cause());
        }
        return call.isSuccess();
    }
}
