package io.handoff.netty.preface;

import io.handoff.netty.preface.ClientPreface.Other;
import io.handoff.netty.preface.ClientPreface.Silent;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One look at a client, from its beginning to its end. If the first bytes do not tell enough, the channel leaves its event loop, and a {@link
 * PeekWait} takes its place until they do. Confined to the client's event loop.
 */
final class Peek implements PeekWait.Waiter, PeekGuard.Watcher {

    /** Looks that copy, before there are pauses: as many as an honest client has segments. */
    static final int LOOKS_AT_ONCE = 32;

    /** Between two looks from then on: short for a client that waits, and few for as long as any timeout lasts. */
    static final int PAUSE_MILLIS = 10;

    private static final Logger logger = LoggerFactory.getLogger(Peek.class);

    private final AbstractEpollStreamChannel client;
    private final EventLoop loop;
    private final FirstBytes bytes;
    private final Duration timeout;
    private final PeekPromise result;
    private final PeekGuard guard = new PeekGuard(this);
    private final PeekWait wait;
    private final ChannelFutureListener closeListener = closed -> channelClosed();

    private @Nullable Future<?> timer;
    private @Nullable Future<?> nextLook;

    /** Whether the channel has left its event loop, or is about to. */
    private boolean isAway;

    /** Whether it is about to: the loop does it in a turn of its own. */
    private boolean isLeaving;

    /** What is told in the end; null while that is open. */
    private @Nullable Runnable end;

    Peek(AbstractEpollStreamChannel client, FirstBytes bytes, Duration timeout, PeekPromise result) {
        this.client = client;
        this.loop = client.eventLoop();
        this.bytes = bytes;
        this.timeout = timeout;
        this.result = result;
        this.wait = new PeekWait(client.fd(), this);
        result.whenCancelled(() -> end(result::completeCancelled));
    }

    /** Looks at once, and if that does not tell enough begins to wait. */
    void start() {
        if (end != null) {
            return; // Cancelled already.
        }
        String unfit = unfit();
        if (unfit != null) {
            fail(new IllegalStateException(unfit));
            return;
        }
        attempt(() -> look(bytes.look()));
        if (end == null) {
            isAway = true;
            isLeaving = true;
            timer = loop.schedule(this::timeIsOver, timeout.toNanos(), TimeUnit.NANOSECONDS);
            client.pipeline().addFirst(guard);
            client.closeFuture().addListener(closeListener);
            client.pipeline().context(guard).deregister().addListener(left -> hasLeft());
        }
    }

    private @Nullable String unfit() {
        if (client.pipeline().get(PeekGuard.class) != null) {
            return "the first bytes of the client are awaited already";
        }
        if (!client.isActive() || isClosing() || client.isInputShutdown()) {
            return "the client's connection is not open in both directions";
        }
        if (!client.isRegistered()) {
            return "the client's channel is not registered with an event loop; is it being handed off?";
        }
        return client.config().isAutoRead()
                ? "the client's channel reads by itself; expected ChannelOption.AUTO_READ to be off from the start"
                : null;
    }

    /** A descriptor number is not to be used once a close has begun, which with SO_LINGER ends on another thread. */
    private boolean isClosing() {
        return client.unsafe().outboundBuffer() == null;
    }

    private interface Step {
        void run() throws IOException;
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            fail(new ClientGoneException("the client's connection has failed: " + e.getMessage(), e));
        } catch (Throwable e) {
            // Memory that runs out, for one: somebody waits to be told.
            fail(new IllegalStateException("the client's first bytes could not be looked at: " + e, e));
        }
    }

    private void look(@Nullable ClientPreface found) throws IOException {
        if (found != null) {
            succeed(found);
        } else if (!bytes.haveCome() && bytes.hasEndedUnsaid()) {
            fail(new ClientGoneException("the client has ended its connection before it said anything", null));
        }
    }

    private void hasLeft() {
        isLeaving = false;
        if (end != null) {
            giveBack();
            return;
        }
        try {
            wait.begin(loop);
        } catch (RuntimeException e) {
            fail(new IOException("epoll does not take the client's connection: " + e.getMessage(), e));
        }
    }

    @Override
    public void woken() {
        if (end != null || nextLook != null) {
            return;
        }
        if (bytes.copies() < LOOKS_AT_ONCE) {
            attempt(() -> look(bytes.look()));
        } else {
            nextLook = loop.schedule(this::lookAfterThePause, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void lookAfterThePause() {
        nextLook = null;
        if (end == null) {
            attempt(() -> look(bytes.look()));
        }
    }

    @Override
    public void inputEnded() {
        attempt(() -> lookForTheLastTime(true));
    }

    private void timeIsOver() {
        if (end == null) {
            attempt(() -> lookForTheLastTime(false));
        }
    }

    private void lookForTheLastTime(boolean hasEnded) throws IOException {
        look(bytes.look());
        if (end == null) {
            succeed(hasEnded || bytes.haveCome() ? new Other() : new Silent());
        }
    }

    @Override
    public void reset() {
        fail(new ClientGoneException("the client has reset its connection", null));
    }

    @Override
    public void loopEnds() {
        fail(new ClientGoneException("the client's event loop has ended", null));
    }

    @Override
    public void bytesRead() {
        fail(new IllegalStateException(
                "bytes of the client were read while they were awaited; expected nothing to read from its channel"));
    }

    @Override
    public void closing(Runnable close) {
        if (end == null && result.decide()) {
            end(() -> {
                close.run();
                result.tryFailure(closedHere());
            });
        } else {
            close.run();
        }
    }

    private static ClientGoneException closedHere() {
        return new ClientGoneException("the client's channel was closed while its first bytes were awaited", null);
    }

    /**
     * Without the guard being asked: Netty closes a channel at which writing fails. It ends the life of a pipeline only where the channel has
     * a loop.
     */
    private void channelClosed() {
        wait.end();
        fail(closedHere());
        if (!client.isRegistered()) {
            loop.execute(() -> client.pipeline().fireChannelInactive().fireChannelUnregistered());
        }
    }

    private void succeed(ClientPreface found) {
        if (result.decide()) {
            end(() -> result.trySuccess(found));
        }
    }

    private void fail(Exception cause) {
        if (result.decide()) {
            end(() -> result.tryFailure(cause));
        }
    }

    private void end(Runnable end) {
        this.end = end;
        bytes.close();
        if (timer != null) {
            timer.cancel(false);
        }
        if (nextLook != null) {
            nextLook.cancel(false);
        }
        if (!isAway) {
            end.run();
        } else if (!isLeaving) {
            giveBack();
        }
    }

    /** Puts everything as it came, and tells the end. */
    private void giveBack() {
        wait.end();
        if (client.isRegistered() || isClosing()) {
            tell();
        } else if (loop.isShuttingDown()) {
            // It may have closed its channels already, and would forget this one.
            close();
            tell();
        } else {
            loop.register(client);
            if (client.isRegistered()) {
                tell();
            } else {
                // Netty puts off what is deep in listeners.
                loop.execute(this::registered);
            }
        }
    }

    private void registered() {
        if (!client.isRegistered() && !isClosing()) {
            // Netty's future of it stays open where epoll_ctl(2) fails.
            String lost = "the client's channel is closed: it could not be registered with its event loop again";
            logger.warn("{}: {}", client, lost);
            close();
            result.tryFailure(new ClientGoneException(lost, null));
        }
        tell();
    }

    private void close() {
        client.unsafe().close(client.unsafe().voidPromise());
    }

    private void tell() {
        client.closeFuture().removeListener(closeListener);
        if (client.pipeline().context(guard) != null) {
            client.pipeline().remove(guard);
        }
        ChannelOutboundBuffer unsent = client.unsafe().outboundBuffer();
        if (unsent != null && !unsent.isEmpty()) {
            // Netty forgets, with the registration, that it waits for room.
            client.unsafe().flush();
        }
        if (end != null) {
            end.run();
        }
    }
}
