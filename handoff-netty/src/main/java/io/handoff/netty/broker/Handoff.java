package io.handoff.netty.broker;

import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.broker.HandoffRoute.Leg;
import io.handoff.netty.wire.HandoffOfferEncoder;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.Offer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One handoff, from the moment its client stops reading to its outcome: attempts at one backend after the other, with the
 * client held all the time. None follows one that may have brought the client to a backend. Confined to the client's event
 * loop but for {@link #start}. Not API.
 *
 * <p>Every step runs inside of the {@link Conclusion}, which sees to it that there is an outcome.
 */
public final class Handoff {

    /**
     * No attempt but the first begins in this last part of the time: a client that has been sent when the time ends is lost, one that has
     * not is not.
     */
    private static final int LAST_PART = 4;

    private final Channel channel;
    private final HandoffRoute<?> route;
    private final Duration timeout;
    private final OutcomePromise<?> outcome;
    private final EventLoop loop;
    private final long deadlineNanos;

    /** What the last attempt that has ended came to; null if none has. */
    private @Nullable HandoffOutcome last;

    private @Nullable Held held;
    private @Nullable HandoffAttempt attempt;
    private boolean isLastAttempt;

    /** What there is once the client is touched. */
    private record Held(HeldClient client, Conclusion conclusion) {}

    private Handoff(Channel channel, HandoffRoute<?> route, Duration timeout, OutcomePromise<?> outcome) {
        this.channel = channel;
        this.route = route;
        this.timeout = timeout;
        this.outcome = outcome;
        this.loop = channel.eventLoop();
        this.deadlineNanos = loop.ticker().nanoTime() + timeout.toNanos();
    }

    /**
     * Begins a handoff. May be called from any thread.
     *
     * @param <R> what the program is told
     * @param client any channel; one that cannot be handed off is left alone
     * @param route where to
     * @param timeout for all attempts together
     * @return completed with what the route makes of the outcome, as {@link HandoffBroker#handOff} says
     */
    public static <R> Future<R> start(Channel client, HandoffRoute<R> route, Duration timeout) {
        EventLoop loop;
        try {
            loop = client.eventLoop();
        } catch (IllegalStateException e) {
            return GlobalEventExecutor.INSTANCE.newSucceededFuture(
                    route.told(unready(client, "the client's channel has no event loop yet")));
        }
        String misfit = HeldClient.misfit(client);
        if (misfit != null) {
            return loop.newSucceededFuture(route.told(unready(client, misfit)));
        }
        OutcomePromise<R> outcome = new OutcomePromise<>(loop, route::told);
        if (loop.inEventLoop()) {
            new Handoff(client, route, timeout, outcome).begin();
            return outcome;
        }
        try {
            loop.execute(() -> new Handoff(client, route, timeout, outcome).begin());
            return outcome;
        } catch (RejectedExecutionException e) {
            return GlobalEventExecutor.INSTANCE.newSucceededFuture(
                    route.told(unready(client, "the client's event loop is shut down")));
        }
    }

    private static Failed unready(Channel client, String why) {
        return new Failed(Stage.CLIENT_NOT_READY, HandoffBrokerException.here(why), client.isActive());
    }

    private void begin() {
        try {
            HandoffAttempt first = nextAttempt();
            if (first == null) {
                outcome.tell(last == null ? nowhere() : last);
                return;
            }
            attempt = first;
            held().conclusion.guarded(this::hold);
        } catch (Throwable e) {
            // Memory that runs out, for one: nothing has been done yet.
            outcome.tell(failedHere(e));
        }
    }

    private Failed nowhere() {
        return new Failed(Stage.NO_BACKEND, HandoffBrokerException.here(route.whyNowhere()), channel.isActive());
    }

    private Failed failedHere(Throwable cause) {
        return new Failed(
                Stage.CLIENT_NOT_READY,
                HandoffBrokerException.here("the handoff failed here: " + cause, cause),
                channel.isActive());
    }

    private Held held() {
        if (held == null) {
            throw new IllegalStateException("the client is not held");
        }
        return held;
    }

    /** The next attempt that may begin; null if there is none any more. */
    private @Nullable HandoffAttempt nextAttempt() {
        while (mayGoOn()) {
            Leg leg = route.next(last);
            if (leg == null) {
                return null;
            }
            if (last != null) {
                outcome.account(last);
            }
            HandoffAttempt next = attemptAt(leg);
            if (next != null) {
                return next;
            }
        }
        return null;
    }

    private boolean mayGoOn() {
        return last == null || (!isLastAttempt && isUntouched(last) && !isLate() && !loop.isShuttingDown());
    }

    /** Whether the client is as it was, and another backend might take it. */
    private static boolean isUntouched(HandoffOutcome outcome) {
        if (outcome instanceof Failed failed) {
            return failed.connectionUsable()
                    && failed.stage() != Stage.CLIENT_NOT_READY
                    && failed.stage() != Stage.OFFER_TOO_LARGE;
        }
        return outcome instanceof Rejected;
    }

    private boolean isLate() {
        return deadlineNanos - loop.ticker().nanoTime() < timeout.toNanos() / LAST_PART;
    }

    /** Begins the attempt, or keeps as the {@link #last} outcome why not. */
    private @Nullable HandoffAttempt attemptAt(Leg leg) {
        Destination.Account account = leg.destination().open(channel, leg.offer());
        outcome.accountWith(account::close);
        try {
            Offer offer = BoundaryBuffer.withUnserved(channel, leg.offer());
            byte[] frame = HandoffOfferEncoder.INSTANCE.toBytes(offer);
            Failed refusal = held == null ? clientRefusal(leg.destination().config(), offer) : null;
            if (refusal == null
                    && offer.carriedBytes() > 0
                    && !leg.destination().config().carryState()) {
                refusal = unready(channel, mayNotTravel(offer));
            }
            last = refusal == null ? account.begin(frame.length) : refusal;
            return last == null ? attemptAt(leg.destination().config(), offer, frame) : null;
        } catch (HandoffWireException e) {
            last = new Failed(Stage.OFFER_TOO_LARGE, e, channel.isActive());
        } catch (Throwable e) {
            // What the program's predicate throws, too.
            last = failedHere(e);
        }
        return null;
    }

    private static String mayNotTravel(Offer offer) {
        return offer.carriedBytes()
                + " bytes are to travel with the client's connection; expected none, as carryState is not set";
    }

    private HandoffAttempt attemptAt(HandoffBrokerConfig config, Offer offer, byte[] frame) {
        boolean isFirst = held == null;
        if (isFirst) {
            HeldClient client = new HeldClient(channel, config.calls(), this::clientClosed);
            held = new Held(client, new Conclusion(loop, client, outcome, this::failed));
        }
        return new HandoffAttempt(
                config,
                offer,
                frame,
                new HandoffAttempt.Of(loop, held().client, held().conclusion, timeout, deadlineNanos, this::untouched),
                isFirst ? Stage.CLIENT_NOT_READY : Stage.CONNECT);
    }

    private @Nullable Failed clientRefusal(HandoffBrokerConfig config, Offer offer) {
        if (HeldClient.isHeld(channel)) {
            String running = "a handoff of the client's connection is running already";
            return new Failed(Stage.CLIENT_NOT_READY, HandoffBrokerException.here(running), false);
        }
        String unready = HeldClient.unready(channel);
        if (unready == null) {
            unready = HandlerCheck.refusal(channel, config.vouchedFor());
        }
        if (unready == null) {
            unready = BoundaryBuffer.refusal(channel, offer);
        }
        return unready == null ? null : unready(channel, unready);
    }

    private void hold() {
        held().client.hold();
        held().conclusion.startTimer(timeout, () -> endWith(HandoffAttempt::deadlineExceeded));
        after(held().client.flushWritten(), this::takeClientOut);
    }

    /** Before anything that takes time: a client that ends its side while it is in epoll is read to its end. */
    private void takeClientOut() {
        after(held().client.takeOut(), this::leaveEpoll);
    }

    private void leaveEpoll() {
        if (!held().client.isOut()) {
            failed(HandoffBrokerException.here("the client's channel could not be taken out of epoll"));
        } else if (attempt != null) {
            attempt.begin();
        }
    }

    private void after(Future<?> done, Runnable next) {
        done.addListener(ended -> held().conclusion.whileUndecided(() -> {
            if (ended.isSuccess()) {
                next.run();
            } else {
                failed(ended.cause());
            }
        }));
    }

    private void clientClosed() {
        held().conclusion.whileUndecided(() -> {
            if (attempt != null) {
                attempt.clientClosed();
            }
        });
    }

    private void failed(Throwable cause) {
        endWith(running -> running.fail(cause));
    }

    /** Ends the attempt, and with it the handoff, whatever backends are left. */
    private void endWith(Consumer<HandoffAttempt> end) {
        isLastAttempt = true;
        if (attempt != null) {
            end.accept(attempt);
        } else {
            held().conclusion.stay(last == null ? failedHere(new IllegalStateException("no attempt")) : last);
        }
    }

    /** An attempt has ended, and its backend has not touched the client. */
    private void untouched(HandoffOutcome outcome) {
        last = outcome;
        attempt = null;
        HandoffAttempt next = held().client.unfit() == null ? nextAttempt() : null;
        if (next == null) {
            held().conclusion.stay(last);
        } else {
            attempt = next;
            // In a task of its own, because attempts at many backends may end at once, one inside of the other.
            loop.execute(() -> held().conclusion.whileUndecided(next::begin));
        }
    }
}
