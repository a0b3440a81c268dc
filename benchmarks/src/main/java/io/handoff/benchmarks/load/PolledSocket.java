package io.handoff.benchmarks.load;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A socket of a cycle on the cycle's event loop, without the channel and the pipeline that it would be dear to make for
 * one answer. Owns the socket.
 */
final class PolledSocket implements EpollIoHandle {

    private final FileDescriptor socket;
    private final Cycle cycle;
    private final Cycle.Step whenReadable;
    private @Nullable IoRegistration registration;

    /** Takes the socket; the step is done for each event once input is awaited, and must put up with finding none. */
    PolledSocket(FileDescriptor socket, Cycle cycle, Cycle.Step whenReadable) {
        this.socket = socket;
        this.cycle = cycle;
        this.whenReadable = whenReadable;
    }

    void awaitInput(IoEventLoop loop) throws IOException {
        Future<IoRegistration> registered = loop.register(this);
        if (!registered.isSuccess()) {
            throw new IOException("a socket could not be registered", registered.cause());
        }
        registration = registered.getNow();
        registration.submit(EpollIoOps.EPOLLIN);
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        cycle.run(whenReadable);
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void close() {
        // First, because epoll drops a closed socket by itself, and cancelling then makes no call.
        close(socket);
        if (registration != null) {
            registration.cancel();
        }
    }

    /** Closes a socket, which fails only if it is none of ours. */
    static void close(FileDescriptor socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
