package io.handoff.netty.preface;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Waits in the place of a channel that has left its event loop. Edge-triggered: what is not read wakes the loop once, not for as long as it
 * is there. Confined to the loop.
 */
final class PeekWait implements EpollIoHandle {

    /** Is told what the socket does. */
    interface Waiter {

        /** More may have come. */
        void woken();

        /** The client sends no more. */
        void inputEnded();

        /** The connection is over. */
        void reset();

        /** The loop closes what it waits for: it ends. */
        void loopEnds();
    }

    private static final EpollIoOps EVENTS =
            EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);

    /** Told without being asked for, as EPOLLERR is. Netty has no name for it. */
    private static final int EPOLLHUP = 0x10;

    private final FileDescriptor socket;
    private final Waiter waiter;
    private @Nullable IoRegistration registration;

    PeekWait(FileDescriptor socket, Waiter waiter) {
        this.socket = socket;
        this.waiter = waiter;
    }

    /**
     * Begins. What has come already is told as well.
     *
     * @throws java.io.UncheckedIOException if epoll does not take the socket
     */
    void begin(EventLoop loop) {
        registration = ((IoEventLoop) loop).register(this).syncUninterruptibly().getNow();
        registration.submit(EVENTS);
    }

    /** Leaves nothing in epoll. */
    void end() {
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        EpollIoOps happened = ((EpollIoEvent) event).ops();
        boolean isHungUp = (happened.value() & EPOLLHUP) != 0;
        if (isHungUp && happened.contains(EpollIoOps.EPOLLERR)) {
            waiter.reset();
        } else if (isHungUp || happened.contains(EpollIoOps.EPOLLRDHUP)) {
            waiter.inputEnded();
        } else {
            waiter.woken();
        }
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
