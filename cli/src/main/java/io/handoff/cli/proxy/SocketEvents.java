package io.handoff.cli.proxy;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Tells of each change at a socket: that there is something to read, or room to write, where there was none. The socket is
 * somebody else's to close, after {@link #end}.
 */
final class SocketEvents implements EpollIoHandle {

    /** Asked for once and for all. */
    private static final EpollIoOps ALL = EpollIoOps.EPOLLIN
            .with(EpollIoOps.EPOLLOUT)
            .with(EpollIoOps.EPOLLRDHUP)
            .with(EpollIoOps.EPOLLET);

    private final Socket socket;
    private final Runnable changed;
    private final Runnable loopEnds;
    private @Nullable IoRegistration registration;

    private SocketEvents(Socket socket, Runnable changed, Runnable loopEnds) {
        this.socket = socket;
        this.changed = changed;
        this.loopEnds = loopEnds;
    }

    /**
     * Begins, on the event loop.
     *
     * @param loopEnds is told where the loop ends first
     * @throws IOException if epoll does not take the socket
     */
    static SocketEvents of(Socket socket, IoEventLoop loop, Runnable changed, Runnable loopEnds) throws IOException {
        SocketEvents events = new SocketEvents(socket, changed, loopEnds);
        // Done at once, as it is called on the loop.
        IoRegistration registration =
                loop.register(events).syncUninterruptibly().getNow();
        events.registration = registration;
        try {
            registration.submit(ALL);
        } catch (UncheckedIOException e) {
            events.end();
            throw new IOException("epoll does not take a socket: " + e.getMessage(), e);
        }
        return events;
    }

    void end() {
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        // What an earlier event of the same round has ended hears no more.
        if (this.registration != null) {
            changed.run();
        }
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void close() {
        loopEnds.run();
    }
}
