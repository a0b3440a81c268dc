package io.handoff.netty.backend;

import io.handoff.netty.answer.ControlChannel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits on an event loop until there is something to read at a socket that is no channel there yet, again and again, for a limited
 * time. Where epoll does not take the socket, it looks now and then. Confined to the loop.
 */
final class OpeningWait implements EpollIoHandle {

    /** Is told what comes of the wait. */
    interface Waiter {
        void readable();

        void deadlineExceeded();

        /** epoll does not take the socket. It is waited for all the same. */
        void epollFailed(Throwable cause);

        /** The loop closes what it waits for: it ends. */
        void loopEnds();
    }

    private final IoEventLoop loop;
    private final FileDescriptor socket;
    private final Duration limit;
    private final Waiter waiter;
    private @Nullable IoRegistration registration;
    private @Nullable Future<?> timer;
    private @Nullable Future<?> nextLook;

    OpeningWait(IoEventLoop loop, FileDescriptor socket, Duration limit, Waiter waiter) {
        this.loop = loop;
        this.socket = socket;
        this.limit = limit;
        this.waiter = waiter;
    }

    /** Does nothing the second time. */
    void begin() {
        if (timer != null) {
            return;
        }
        timer = loop.schedule(waiter::deadlineExceeded, limit.toNanos(), TimeUnit.NANOSECONDS);
        loop.register(this).addListener((FutureListener<IoRegistration>) registered -> {
            if (registered.isSuccess()) {
                waitAt(registered.getNow());
            } else {
                lookNowAndThen(registered.cause());
            }
        });
    }

    private void waitAt(IoRegistration registered) {
        registration = registered;
        try {
            registered.submit(EpollIoOps.EPOLLIN);
        } catch (UncheckedIOException e) {
            registered.cancel();
            registration = null;
            lookNowAndThen(Objects.requireNonNull(e.getCause(), "an UncheckedIOException has one"));
        }
    }

    private void lookNowAndThen(Throwable why) {
        waiter.epollFailed(why);
        look();
    }

    private void look() {
        nextLook = loop.schedule(
                () -> {
                    look();
                    waiter.readable();
                },
                ControlChannel.PAUSE.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    void end() {
        if (timer != null) {
            timer.cancel(false);
        }
        if (nextLook != null) {
            nextLook.cancel(false);
        }
        if (registration != null) {
            registration.cancel();
        }
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        waiter.readable();
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void close() {
        waiter.loopEnds();
    }
}
