package io.handoff.reliability.token;

import io.handoff.benchmarks.load.EchoHandler;
import io.handoff.netty.backend.DescriptorPolicy;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.testkit.EventLoops;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;

/**
 * The backend under attack, in this process. It has two control loops, one of which holds the tokens: so half of the offers
 * are judged at once, and half from another thread.
 */
final class TokenBackend implements AutoCloseable {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final HandoffServer server;

    /** Starts one whose connections may wait for a minute, so that a slow machine fails no test. */
    private TokenBackend(Path socket, UnaryOperator<HandoffServerBuilder> settings)
            throws ExecutionException, InterruptedException {
        HandoffServerBuilder builder = HandoffServer.builder(socket)
                .controlLoops(loops)
                .adoptInto(loops, EchoHandler.INSTANCE)
                .offerTimeout(Duration.ofMinutes(1));
        server = settings.apply(builder).start().get();
    }

    /** Answers offers without descriptors. */
    static TokenBackend framed(Path socket, int maxPending, int maxConnections, Duration timeToLive) throws Exception {
        return new TokenBackend(
                socket,
                builder -> builder.descriptors(DescriptorPolicy.NONE)
                        .maxPendingTokens(maxPending)
                        .maxConnections(maxConnections)
                        .tokenTimeToLive(timeToLive));
    }

    /** Adopts clients, and echoes what they say. */
    static TokenBackend adopting(Path socket, int maxPending, ExpectedTokenPolicy policy) throws Exception {
        return new TokenBackend(
                socket, builder -> builder.maxPendingTokens(maxPending).expectedTokens(policy));
    }

    HandoffTokens tokens() {
        return server.tokens();
    }

    HandoffToken issue() throws ExecutionException, InterruptedException {
        return server.tokens().issue().get();
    }

    int pending() throws ExecutionException, InterruptedException {
        return server.tokens().pendingCount().get();
    }

    int connections() {
        return server.metrics().openConnections();
    }

    long accepted() {
        return server.metrics().offersAccepted();
    }

    long rejected(HandoffRejection.Reason reason) {
        return server.metrics().offersRejected(reason);
    }

    @Override
    public void close() {
        server.close();
        EventLoops.end(loops);
    }
}
