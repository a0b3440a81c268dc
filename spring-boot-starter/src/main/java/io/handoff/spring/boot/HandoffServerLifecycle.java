package io.handoff.spring.boot;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.backend.HandoffServerChannel;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the handoff server after the web server, whose listening channel takes the connections, and shuts it down before the web server
 * shuts down: whoever has connected to the socket by then is still served.
 *
 * <p>The shutdown is graceful whatever {@code server.shutdown} says, for a client of whom a broker has let go already has nobody else. It
 * takes {@code handoff.backend.offer-timeout} at most.
 */
public final class HandoffServerLifecycle implements SmartLifecycle {

    /** Above the phase in which the web server shuts down gracefully: started after it, stopped before it; in between WebSockets move. */
    public static final int PHASE = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 2;

    /** A web server that shuts down closes connections without a request; so clients that have just come get a moment to send theirs. */
    private static final Duration QUIET_PERIOD = Duration.ofMillis(500);

    private static final Logger logger = LoggerFactory.getLogger(HandoffServerLifecycle.class);

    private final HandoffServerBuilderFactory builders;
    private final Duration offerTimeout;

    private volatile @Nullable ServerChannel listener;
    private volatile @Nullable HandoffServer server;
    private volatile boolean running;

    HandoffServerLifecycle(HandoffServerBuilderFactory builders, Duration offerTimeout) {
        this.builders = builders;
        this.offerTimeout = offerTimeout;
    }

    /**
     * Gives access to the server: to its tokens and counts.
     *
     * @return the server; empty before the first start, and where the application context has no web server, as in tests with a
     *     mock of one
     */
    public Optional<HandoffServer> server() {
        return Optional.ofNullable(server);
    }

    /** Takes the channel with which the web server listens. */
    void listener(ServerChannel listener) {
        this.listener = listener;
    }

    /**
     * Has the web server take the connections that are handed off from now on.
     *
     * @throws HandoffStartException if there can be no such socket
     */
    @Override
    public void start() {
        ServerChannel listener = this.listener;
        if (listener == null) {
            logger.debug("nothing is handed off: there is no web server of Reactor Netty");
            return;
        }
        HandoffServer server = listener instanceof HandoffServerChannel handoff
                ? handoff.server().orElseThrow()
                : startBeside(listener);
        this.server = server;
        running = true;
        logger.info("Serving connections handed off at {}", server.path());
    }

    private HandoffServer startBeside(ServerChannel listener) {
        Path socket = builders.socket();
        HandoffServerBuilder builder = builders.create();
        Future<HandoffServer> started;
        try {
            // As a HandoffServerChannel does it: no offer changes threads to be fired up the pipeline.
            started = builder.controlLoops(listener.eventLoop())
                    .adoptInto(listener)
                    .start()
                    .awaitUninterruptibly();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new HandoffStartException(socket, e);
        }
        if (!started.isSuccess()) {
            throw new HandoffStartException(socket, started.cause());
        }
        return started.getNow();
    }

    /** Shuts down gracefully, and calls back when that is done. */
    @Override
    public void stop(Runnable callback) {
        shutdown().addListener(done -> callback.run());
    }

    /** Shuts down gracefully, and waits for it. */
    @Override
    public void stop() {
        shutdown().awaitUninterruptibly();
    }

    private Future<Void> shutdown() {
        running = false;
        Duration quietPeriod = QUIET_PERIOD.compareTo(offerTimeout) < 0 ? QUIET_PERIOD : offerTimeout;
        return server().orElseThrow().shutdownGracefully(quietPeriod, offerTimeout);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** As the web server is not. */
    @Override
    public boolean isPauseable() {
        return false;
    }
}
