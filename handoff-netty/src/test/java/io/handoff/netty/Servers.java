package io.handoff.netty;

import io.handoff.netty.backend.HandoffServer;
import java.time.Duration;

/** Ends servers after a test. */
public final class Servers {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Servers() {}

    /** Closes a server, not in the time for one offer, as its {@code close} does: that is short in tests, and busy machines need longer. */
    public static void close(HandoffServer server) {
        server.shutdownGracefully(Duration.ZERO, PATIENCE).awaitUninterruptibly();
    }
}
