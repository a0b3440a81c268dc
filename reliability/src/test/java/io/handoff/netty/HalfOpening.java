package io.handoff.netty;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The real calls, but for a socket that takes only half of the 16 bytes along with the descriptor. */
public final class HalfOpening implements SocketCalls {

    private final SocketCalls real = LibcSocketCalls.INSTANCE;

    private HalfOpening() {}

    /** Gives a broker such a socket: the rest of the 16 bytes is an ordinary write then. */
    public static HandoffBroker.Builder of(HandoffBroker.Builder builder) {
        return builder.socketCalls(new HalfOpening());
    }

    @Override
    public int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException {
        return real.send(socket, Arrays.copyOf(bytes, bytes.length / 2), passed);
    }

    @Override
    public void bind(FileDescriptor socket, Path path) throws IOException {
        real.bind(socket, path);
    }

    @Override
    public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
        return real.receive(socket, maxBytes);
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
