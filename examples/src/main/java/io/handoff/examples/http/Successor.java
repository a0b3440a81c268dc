package io.handoff.examples.http;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.token.HandoffToken;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process that the connections go to, and how many have gone one by one. */
final class Successor {

    private static final Logger logger = LoggerFactory.getLogger(Successor.class);

    /** So that however many leave at once, the successor has room for them; the others try again. */
    static final int AT_A_TIME = 64;

    /** Its clients wait for nothing, so there is time for a process that has only just started. */
    static final Duration TIME_FOR_ONE = Duration.ofSeconds(10);

    private final HandoffBroker broker;
    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();

    Successor(Path socket) {
        broker = HandoffBroker.builder(socket)
                .maxInFlight(AT_A_TIME)
                .timeout(TIME_FOR_ONE)
                .carryState(true)
                .vouchFor(OpenRequests.class::isInstance)
                .build();
    }

    /** The process itself, for a takeover of all connections. */
    HandoffBroker broker() {
        return broker;
    }

    /** Hands over one connection. It is closed here once it has been taken. */
    void take(Channel connection) {
        broker.handOff(connection, "http", HandoffToken.random(), offered.incrementAndGet())
                .addListener((Future<HandoffOutcome> outcome) -> account(connection, outcome.getNow()));
    }

    /** How many connections the successor has taken. */
    long taken() {
        return taken.get();
    }

    private void account(Channel connection, HandoffOutcome outcome) {
        if (outcome instanceof Accepted) {
            taken.incrementAndGet();
        } else if (outcome instanceof Rejected rejected) {
            logger.warn("{} stays: rejected: {}", connection, rejected.detail());
        } else if (outcome instanceof Failed failed && !failed.connectionUsable()) {
            logger.warn("{} is lost: {}", connection, failed.stage(), failed.cause());
        } else if (outcome instanceof Failed failed) {
            logger.debug("{} stays: {}", connection, failed.stage(), failed.cause());
        }
    }
}
