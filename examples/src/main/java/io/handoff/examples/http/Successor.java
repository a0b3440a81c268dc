package io.handoff.examples.http;

import io.handoff.netty.HandoffBroker;
import io.handoff.netty.HandoffOutcome;
import io.handoff.netty.HandoffOutcome.Accepted;
import io.handoff.netty.HandoffOutcome.Failed;
import io.handoff.netty.HandoffOutcome.Rejected;
import io.handoff.netty.HandoffToken;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process that the connections go to, and how many have gone. */
final class Successor {

    private static final Logger logger = LoggerFactory.getLogger(Successor.class);

    /** So that however many leave at once, the successor has room for them; the others try again. */
    private static final int AT_A_TIME = 64;

    private final HandoffBroker broker;
    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();

    Successor(Path socket) {
        broker = HandoffBroker.builder(socket).maxInFlight(AT_A_TIME).build();
    }

    /** Hands over a connection, of which nothing is buffered. It is closed here once it has been taken. */
    Future<HandoffOutcome> take(Channel connection) {
        return broker.handOff(connection, "http", HandoffToken.random(), offered.incrementAndGet())
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
