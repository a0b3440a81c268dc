package io.handoff.spring.boot;

import io.handoff.netty.backend.HandoffServer;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * A {@link HealthIndicator} that is up while a broker that connects is accepted. It is unknown where there is no server. Details: where the
 * server listens, and why accepting failed most recently, if it ever did.
 */
public final class HandoffHealthIndicator extends AbstractHealthIndicator {

    private final HandoffServerLifecycle lifecycle;

    HandoffHealthIndicator(HandoffServerLifecycle lifecycle) {
        super("Handoff health check failed");
        this.lifecycle = lifecycle;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Optional<HandoffServer> server = lifecycle.server();
        if (server.isEmpty()) {
            builder.unknown();
            return;
        }
        builder.status(server.get().isAccepting() ? Status.UP : Status.DOWN)
                .withDetail("socket", server.get().path().toString());
        server.get()
                .lastAcceptFailure()
                .ifPresent(failure -> builder.withDetail("lastAcceptFailure", String.valueOf(failure.getMessage())));
    }
}
