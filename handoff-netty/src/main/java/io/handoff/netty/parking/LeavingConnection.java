package io.handoff.netty.parking;

import io.handoff.netty.broker.HeldClient;
import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.takeover.Departure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection from the question whether it may go until it is closed here or served as before. Asked for and told on the thread that parks;
 * everything else happens on its event loop.
 */
final class LeavingConnection {

    private static final Logger logger = LoggerFactory.getLogger(LeavingConnection.class);

    /** For what was written to a client to leave. Others are held meanwhile; it is tried again. */
    private static final long FLUSH_MILLIS = 1_000;

    /** For an event loop that is busy, or has ended. */
    private static final long LOOP_MILLIS = 5_000;

    private final Channel channel;
    private final HeldClient client;
    private final CompletableFuture<Answer> told;
    private boolean isOnItsWay = true;
    private @Nullable ParkedState state;
    private @Nullable OwnedDescriptor copy;

    /** What has come of the question: the connection, which is held, or why it stays. */
    record Answer(@Nullable LeavingConnection leaving, String why) {}

    private LeavingConnection(Channel channel, SocketCalls calls, CompletableFuture<Answer> told) {
        this.channel = channel;
        this.client = new HeldClient(channel, calls, () -> {});
        this.told = told;
    }

    /** Holds a connection if it may go. Completes within seconds. */
    static CompletableFuture<Answer> hold(
            Channel channel, Departure departure, Predicate<? super ChannelHandler> vouchedFor, SocketCalls calls) {
        CompletableFuture<Answer> told = new CompletableFuture<>();
        String misfit = HeldClient.misfit(channel);
        if (misfit != null) {
            told.complete(new Answer(null, misfit));
            return told;
        }
        try {
            channel.eventLoop().execute(() -> new LeavingConnection(channel, calls, told).begin(departure, vouchedFor));
        } catch (RejectedExecutionException | IllegalStateException e) {
            told.complete(new Answer(null, "its event loop has ended"));
        }
        return told.completeOnTimeout(
                new Answer(null, "its event loop was busy for " + LOOP_MILLIS + " ms"),
                LOOP_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void begin(Departure departure, Predicate<? super ChannelHandler> vouchedFor) {
        if (told.isDone()) {
            return;
        }
        try {
            Optional<byte[]> known = channel.isActive() ? departure.stateOf(channel) : Optional.empty();
            String refusal =
                    known.isEmpty() ? "the program does not let it go now" : HeldClient.refusal(channel, vouchedFor);
            if (refusal != null) {
                told.complete(new Answer(null, refusal));
                return;
            }
            state = new ParkedState(known.orElseThrow(), HeldClient.unserved(channel));
        } catch (Throwable e) { // The program may throw anything, and has the connection still.
            logger.warn("{} stays for now: whether it may go could not be told", channel, e);
            told.complete(new Answer(null, "the Departure failed: " + e));
            return;
        }
        guarded(this::hold);
    }

    private void hold() {
        client.hold();
        channel.eventLoop()
                .schedule(
                        () -> whileOnItsWay(() -> goBack("what was written to it has not left")),
                        FLUSH_MILLIS,
                        TimeUnit.MILLISECONDS);
        after(client.flushWritten(), () -> after(client.takeOut(), () -> guarded(this::isOut)));
    }

    private void after(Future<?> done, Runnable next) {
        done.addListener(ended -> whileOnItsWay(() -> {
            if (ended.isSuccess()) {
                next.run();
            } else {
                goBack(String.valueOf(ended.cause()));
            }
        }));
    }

    private void isOut() throws IOException {
        String unfit = client.isOut() ? client.unfit() : "it could not be taken out of epoll";
        if (unfit != null) {
            goBack(unfit);
            return;
        }
        copy = client.copy();
        isOnItsWay = false;
        if (!told.complete(new Answer(this, ""))) {
            copy.close();
            client.goOn(() -> {});
        }
    }

    private void whileOnItsWay(Runnable step) {
        if (isOnItsWay) {
            guarded(step::run);
        }
    }

    private void guarded(Step step) {
        try {
            step.run();
        } catch (Throwable e) {
            logger.warn("{} is not parked", channel, e);
            goBack("it failed here: " + e);
        }
    }

    private void goBack(String why) {
        isOnItsWay = false;
        backHere(() -> told.complete(new Answer(null, why)));
    }

    private void backHere(Runnable then) {
        try {
            client.goOn(then);
        } catch (Throwable e) {
            logger.warn("{} is closed: it can be neither parked nor served", channel, e);
            client.abandon();
            then.run();
        }
    }

    /** What goes with it. */
    ParkedState state() {
        if (state == null) {
            throw new IllegalStateException("it may not go");
        }
        return state;
    }

    /** The connection, for the manager. */
    OwnedDescriptor copy() {
        if (copy == null) {
            throw new IllegalStateException("it is not held");
        }
        return copy;
    }

    /** The manager has it, and it is closed here; if the program has closed it meanwhile, the future says false. */
    CompletableFuture<Boolean> leave() {
        return settle(settled -> {
            if (client.isUsable()) {
                client.letGo(() -> settled.complete(true));
            } else {
                client.goOn(() -> settled.complete(false));
            }
        });
    }

    /** The manager does not have it, and it is served here as before. */
    CompletableFuture<Boolean> stay() {
        return settle(settled -> backHere(() -> settled.complete(true)));
    }

    private CompletableFuture<Boolean> settle(Consumer<CompletableFuture<Boolean>> how) {
        copy().close();
        CompletableFuture<Boolean> settled = new CompletableFuture<>();
        EventLoop loop = channel.eventLoop();
        try {
            loop.execute(() -> how.accept(settled));
        } catch (RejectedExecutionException e) {
            // The loop has ended, and has forgotten a channel that is out of epoll.
            client.abandon();
            settled.complete(true);
        }
        return settled.completeOnTimeout(true, LOOP_MILLIS, TimeUnit.MILLISECONDS);
    }

    Channel channel() {
        return channel;
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
