package io.handoff.netty;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The real calls, for a test to let some of them fail. */
class FaultyCalls implements SocketCalls {

    private final SocketCalls real = LibcSocketCalls.INSTANCE;

    @Override
    public void bind(FileDescriptor socket, Path path) throws IOException {
        real.bind(socket, path);
    }

    @Override
    public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
        return real.receive(socket, maxBytes);
    }

    @Override
    public int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException {
        return real.send(socket, bytes, passed);
    }

    @Override
    public boolean setNonBlocking(FileDescriptor descriptor, boolean nonBlocking) throws IOException {
        return real.setNonBlocking(descriptor, nonBlocking);
    }

    @Override
    public OwnedDescriptor duplicate(int descriptor) throws IOException {
        return real.duplicate(descriptor);
    }

    @Override
    public boolean hasPendingError(FileDescriptor socket) throws IOException {
        return real.hasPendingError(socket);
    }
}
