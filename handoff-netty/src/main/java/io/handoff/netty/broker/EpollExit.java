package io.handoff.netty.broker;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import java.io.UncheckedIOException;

/**
 * Whether a descriptor has really left the epoll instance of an event loop. Netty tells nobody when epoll_ctl(2) fails to take
 * out that of a channel which leaves its loop. It would outlive our copy of a connection that is passed, and wake the loop again and
 * again for what the backend has not read, by a number that another connection may have by then.
 *
 * <p>Confined to the event loop, from which the descriptor's channel has been deregistered.
 */
final class EpollExit implements EpollIoHandle {

    private static final int EEXIST = 17;

    private final FileDescriptor descriptor;

    private EpollExit(FileDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** Looks whether it had been left in, and if so takes it out. */
    static boolean isOut(EventLoop loop, FileDescriptor descriptor) {
        IoRegistration registration = register(loop, descriptor);
        try {
            // Only what is out can be added. This one would wake the loop once at most, could it not be removed.
            registration.submit(EpollIoOps.EPOLLET);
            return true;
        } catch (UncheckedIOException e) {
            return !(e.getCause() instanceof NativeIoException refused && refused.expectedErr() == -EEXIST);
        } finally {
            registration.cancel();
        }
    }

    /** Takes it out if it has been left in. */
    static void ensure(EventLoop loop, FileDescriptor descriptor) {
        // Removes whatever epoll has of the descriptor, and does not mind if that is nothing.
        register(loop, descriptor).cancel();
    }

    private static IoRegistration register(EventLoop loop, FileDescriptor descriptor) {
        return ((IoEventLoop) loop)
                .register(new EpollExit(descriptor))
                .syncUninterruptibly()
                .getNow();
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        // Gone before the loop looks for events.
    }

    @Override
    public void close() {
        // The descriptor is its channel's.
    }
}
