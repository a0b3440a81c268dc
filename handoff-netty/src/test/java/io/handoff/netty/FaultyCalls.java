package io.handoff.netty;

import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The real calls, for a test to let some of them fail. */
public class FaultyCalls implements SocketCalls {

    private final SocketCalls real = LibcSocketCalls.INSTANCE;

    @Override
    public OwnedDescriptor newUnixSocket() throws IOException {
        return real.newUnixSocket();
    }

    @Override
    public void bind(FileDescriptor socket, Path path) throws IOException {
        real.bind(socket, path);
    }

    @Override
    public @Nullable FileDescriptor lock(Path file) throws IOException {
        return real.lock(file);
    }

    @Override
    public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
        return real.receive(socket, maxBytes);
    }

    @Override
    public int readable(FileDescriptor socket) throws IOException {
        return real.readable(socket);
    }

    @Override
    public int peek(FileDescriptor socket, byte[] into) throws IOException {
        return real.peek(socket, into);
    }

    @Override
    public int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException {
        return real.send(socket, bytes, passed);
    }

    @Override
    public int send(FileDescriptor socket, byte[] bytes) throws IOException {
        return real.send(socket, bytes);
    }

    @Override
    public boolean setNonBlocking(FileDescriptor descriptor, boolean nonBlocking) throws IOException {
        return real.setNonBlocking(descriptor, nonBlocking);
    }

    @Override
    public OwnedDescriptor newMemoryFile(String name) throws IOException {
        return real.newMemoryFile(name);
    }

    @Override
    public OwnedDescriptor duplicate(int descriptor) throws IOException {
        return real.duplicate(descriptor);
    }

    @Override
    public boolean discardQueuedError(FileDescriptor socket) throws IOException {
        return real.discardQueuedError(socket);
    }

    @Override
    public int option(FileDescriptor socket, int option) throws IOException {
        return real.option(socket, option);
    }

    @Override
    public void setOption(FileDescriptor socket, int option, int value) throws IOException {
        real.setOption(socket, option, value);
    }

    @Override
    public Address localAddress(FileDescriptor socket) throws IOException {
        return real.localAddress(socket);
    }

    @Override
    public @Nullable Address remoteAddress(FileDescriptor socket) throws IOException {
        return real.remoteAddress(socket);
    }

    @Override
    public boolean hasPendingError(FileDescriptor socket) throws IOException {
        return real.hasPendingError(socket);
    }
}
