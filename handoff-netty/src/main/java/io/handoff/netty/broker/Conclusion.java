package io.handoff.netty.broker;

import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one handoff to its outcome: once, and by the deadline and a second. What a step throws, an {@link Error} too, is
 * the end of the handoff and not of the outcome; what Netty swallows or never tells, the deadline ends; an event loop that
 * ends cancels the deadline, and that ends the handoff as well.
 *
 * <p>Confined to the client's event loop.
 */
final class Conclusion {

    private static final Logger logger = LoggerFactory.getLogger(Conclusion.class);

    /** Time after the deadline for the client to be served here again, or closed. */
    private static final long GRACE_MILLIS = 1000;

    private final EventLoop loop;
    private final HeldClient client;
    private final OutcomePromise<?> outcome;
    private final Consumer<Throwable> fail;

    private @Nullable Future<?> timer;

    /** What the handoff has come to; it is told once the client is served here again, or closed. */
    private @Nullable HandoffOutcome result;

    /** Takes how a handoff ends of a failure, by {@link #stay} or {@link #leave}. */
    Conclusion(EventLoop loop, HeldClient client, OutcomePromise<?> outcome, Consumer<Throwable> fail) {
        this.loop = loop;
        this.client = client;
        this.outcome = outcome;
        this.fail = fail;
    }

    boolean isDecided() {
        return result != null;
    }

    /** Sets the deadline, which is to fail the handoff. */
    void startTimer(Duration timeout, Runnable exceeded) {
        timer = loop.schedule(() -> deadline(exceeded), timeout.toNanos(), TimeUnit.NANOSECONDS)
                .addListener(ended -> {
                    if (ended.isCancelled()) {
                        // A loop that ends would forget a client that is out of epoll.
                        whileUndecided(
                                () -> fail.accept(HandoffBrokerException.here("the client's event loop is shut down")));
                    }
                });
    }

    private void deadline(Runnable exceeded) {
        guarded(() -> timer = loop.schedule(() -> guarded(this::giveUp), GRACE_MILLIS, TimeUnit.MILLISECONDS));
        whileUndecided(exceeded);
    }

    /** Runs a step unless the handoff has been decided meanwhile. */
    void whileUndecided(Runnable step) {
        if (result == null) {
            guarded(step);
        }
    }

    void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            broken(e);
        }
    }

    private void broken(Throwable cause) {
        try {
            if (result == null) {
                fail.accept(HandoffBrokerException.here("the handoff failed here: " + cause, cause));
                return;
            }
            logger.warn("a client is closed whose handoff has come to {}", result, cause);
        } catch (Throwable again) {
            logger.warn("a client is closed whose handoff has failed", again);
        }
        giveUp();
    }

    /** The client stays here. */
    void stay(HandoffOutcome result) {
        decide(result);
        client.goOn(this::tell);
    }

    /** The client is the backend's, or might be. */
    void leave(HandoffOutcome result) {
        decide(result);
        client.letGo(this::tell);
    }

    void decide(HandoffOutcome result) {
        this.result = result;
    }

    /** The last resort, where serving the client here or closing it in order has come to nothing. */
    private void giveUp() {
        try {
            client.abandon();
        } finally {
            tell();
        }
    }

    private void tell() {
        HandoffOutcome told = result;
        if (told == null) {
            throw new IllegalStateException("nothing to tell yet");
        }
        if (told instanceof Failed failed && failed.connectionUsable() && !client.isUsable()) {
            told = new Failed(failed.stage(), failed.cause(), false);
        }
        outcome.tell(told);
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
