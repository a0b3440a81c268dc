package io.handoff.netty.descriptor;

import io.netty.channel.ChannelException;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a descriptor is what can be adopted: a connected stream socket of an address family that Netty serves.
 * It only asks, and changes nothing about the socket. Of a client's connection it asks two things, and keeps the answers with the
 * descriptor: nothing else has to be asked to make a channel of it.
 */
public final class DescriptorCheck {

    // The same on x86_64 and aarch64: asm-generic/socket.h, asm-generic/errno.h, bits/socket_type.h, bits/socket.h.
    private static final int SO_TYPE = 3;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_DOMAIN = 39;
    private static final int ENOTSOCK = -88;
    private static final int SOCK_STREAM = 1;
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private static final Map<Integer, String> OTHER_TYPES =
            Map.of(2, "a datagram socket", 3, "a raw socket", 5, "a sequenced-packet socket");

    private final SocketCalls calls;
    private final ListenerIdentity handoffSocket;

    /** Takes the server's own socket: what has connected to it is never a client. */
    public DescriptorCheck(SocketCalls calls, ListenerIdentity handoffSocket) {
        this.calls = calls;
        this.handoffSocket = handoffSocket;
    }

    /**
     * Tells what a descriptor is that cannot be adopted.
     *
     * @param descriptor looked at, neither kept nor closed
     * @return what it is, and what was expected, to follow "the descriptor"; null if it can be adopted
     */
    public @Nullable String misfitOf(OwnedDescriptor descriptor) {
        try {
            return examine(descriptor);
        } catch (IOException | ChannelException e) {
            return "cannot be examined: " + e.getMessage();
        }
    }

    private @Nullable String examine(OwnedDescriptor owned) throws IOException {
        FileDescriptor descriptor = owned.look();
        int type;
        try {
            type = calls.option(descriptor, SO_TYPE);
        } catch (NativeIoException e) {
            if (e.expectedErr() != ENOTSOCK) {
                throw e;
            }
            // To ask proc(5) first would take longer than all other questions together.
            return "is " + kindOf(descriptor) + "; expected a socket";
        }
        if (type != SOCK_STREAM) {
            return "is " + nameOf(type) + "; expected a stream socket";
        }
        SocketCalls.Address remote = calls.remoteAddress(descriptor);
        int family = remote == null ? calls.option(descriptor, SO_DOMAIN) : remote.family();
        if (family != AF_UNIX && family != AF_INET && family != AF_INET6) {
            return "is a socket of address family " + family + "; expected AF_UNIX, AF_INET or AF_INET6";
        }
        String misfit = remote == null ? misfitWithoutPeer(descriptor, family) : misfitWithPeer(descriptor, remote);
        if (misfit == null) {
            owned.checkedAs(new ConnectedSocket(family == AF_UNIX, remote == null ? null : socketAddress(remote)));
        }
        return misfit;
    }

    private @Nullable String misfitWithPeer(FileDescriptor descriptor, SocketCalls.Address remote) throws IOException {
        return remote.family() == AF_UNIX && handoffSocket.isPeerOf(descriptor, remote)
                ? "is a handoff connection itself; expected the connection of a client"
                : null;
    }

    /** As Netty has it. */
    private static @Nullable SocketAddress socketAddress(SocketCalls.Address address) {
        return address.unixName() == null ? address.internet() : new DomainSocketAddress(address.unixName());
    }

    private @Nullable String misfitWithoutPeer(FileDescriptor descriptor, int family) throws IOException {
        if (family != AF_UNIX && calls.hasPendingError(descriptor)) {
            // A connection that its client has reset has no peer any more, but the error of the reset.
            return null;
        }
        return isListening(descriptor, calls)
                ? "is a listening socket; expected a connected one"
                : "is a socket that is not connected; expected a connected one";
    }

    /** Whether a socket listens as a stream socket does. */
    public static boolean isListeningStream(FileDescriptor socket, SocketCalls calls) throws IOException {
        return isListening(socket, calls) && calls.option(socket, SO_TYPE) == SOCK_STREAM;
    }

    private static boolean isListening(FileDescriptor socket, SocketCalls calls) throws IOException {
        return calls.option(socket, SO_ACCEPTCONN) != 0;
    }

    private static String nameOf(int type) {
        return Objects.requireNonNullElse(OTHER_TYPES.get(type), "a socket of type " + type);
    }

    /** What proc(5) says it is, without the number or the path. */
    private static String kindOf(FileDescriptor descriptor) throws IOException {
        String link = Files.readSymbolicLink(Path.of("/proc/self/fd", String.valueOf(descriptor.intValue())))
                .toString();
        if (link.startsWith("pipe:")) {
            return "a pipe";
        }
        return link.startsWith("anon_inode:") ? "an " + link.replaceAll("anon_inode:|[\\[\\]]", "") : "a file";
    }
}
