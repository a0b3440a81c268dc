package io.handoff.netty.takeover;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.takeover.Tally.Standing;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.Offer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FutureListener;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries to move one connection once. Safe from any thread. */
final class Attempt {

    private static final Logger logger = LoggerFactory.getLogger(Attempt.class);
    private static final byte[] NONE = {};

    private final HandoffBroker broker;
    private final String serviceName;
    private final Departure departure;
    private final AtomicLong correlationIds = new AtomicLong();

    /** What an attempt has come to: how the connection stands, and why. */
    record Result(Standing standing, String why) {}

    Attempt(HandoffBroker broker, String serviceName, Departure departure) {
        this.broker = broker;
        this.serviceName = serviceName;
        this.departure = departure;
    }

    /** Tells the result on any thread, once; also if the connection's event loop ends and forgets what it was given. */
    void move(Channel connection, Consumer<Result> told) {
        AtomicBoolean isTold = new AtomicBoolean();
        Consumer<Result> once = result -> {
            if (isTold.compareAndSet(false, true)) {
                told.accept(result);
            }
        };
        Result noLoop = new Result(Standing.ENDED, "");
        try {
            EventLoop loop = connection.eventLoop();
            FutureListener<Object> ended = termination -> once.accept(noLoop);
            loop.terminationFuture().addListener(ended);
            loop.execute(() -> moveHere(connection, result -> {
                loop.terminationFuture().removeListener(ended);
                once.accept(result);
            }));
        } catch (RejectedExecutionException | IllegalStateException e) {
            once.accept(noLoop);
        }
    }

    private void moveHere(Channel connection, Consumer<Result> told) {
        if (!connection.isActive()) {
            told.accept(new Result(standingOf(connection), "the connection is not active"));
            return;
        }
        Optional<byte[]> state;
        try {
            state = departure.stateOf(connection);
        } catch (Throwable e) { // The program may throw anything, and has the connection still.
            logger.warn("the Departure of {} failed, and it stays for now", connection, e);
            told.accept(new Result(Standing.BUSY, "the Departure failed: " + e));
            return;
        }
        if (state.isEmpty()) {
            told.accept(new Result(Standing.BUSY, "the program does not let it go now"));
            return;
        }
        Offer offer = Offer.of(HandoffToken.random(), serviceName, correlationIds.incrementAndGet())
                .carrying(NONE, state.get());
        broker.handOff(connection, offer)
                .addListener((FutureListener<HandoffOutcome>) done -> told.accept(resultOf(connection, done.getNow())));
    }

    private static Result resultOf(Channel connection, HandoffOutcome outcome) {
        if (outcome instanceof Accepted) {
            return new Result(Standing.MOVED, "");
        }
        if (outcome instanceof Rejected rejected) {
            return new Result(connection.isOpen() ? Standing.REJECTED : Standing.ENDED, rejected.detail());
        }
        Failed failed = (Failed) outcome;
        return new Result(
                standingOf(connection, failed),
                failed.stage() + ": " + failed.cause().getMessage());
    }

    private static Standing standingOf(Channel connection, Failed failed) {
        boolean maybeTheSuccessors =
                failed.stage() == Stage.SEND || failed.stage() == Stage.ACK || failed.stage() == Stage.STATE_LOST;
        if (maybeTheSuccessors && !failed.connectionUsable()) {
            return Standing.LOST;
        }
        boolean isOurs = failed.stage() == Stage.CLIENT_NOT_READY || failed.stage() == Stage.OFFER_TOO_LARGE;
        return connection.isOpen() && !isOurs ? Standing.REJECTED : standingOf(connection);
    }

    private static Standing standingOf(Channel connection) {
        return connection.isOpen() ? Standing.BUSY : Standing.ENDED;
    }
}
