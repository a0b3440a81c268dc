package io.handoff.netty;

import io.netty.channel.ChannelException;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a descriptor is what can be adopted: a connected stream socket of an address family that Netty serves.
 * It only asks, and changes nothing about the socket.
 */
final class DescriptorCheck {

    // The same on x86_64 and aarch64: asm-generic/socket.h, bits/socket_type.h, bits/socket.h.
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_DOMAIN = 39;
    private static final int SOCK_STREAM = 1;
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private static final Map<Integer, String> OTHER_TYPES =
            Map.of(2, "a datagram socket", 3, "a raw socket", 5, "a sequenced-packet socket");

    private final SocketCalls calls;
    private final String handoffSocketPath;

    /** Takes the path of the server's own socket, connections to which are never a client's. */
    DescriptorCheck(SocketCalls calls, Path handoffSocket) {
        this.calls = calls;
        this.handoffSocketPath = handoffSocket.toString();
    }

    /** Why the descriptor cannot be adopted; null if it can. */
    @Nullable
    HandoffRejection refusalOf(OwnedDescriptor descriptor) {
        String misfit;
        try {
            misfit = misfitOf(descriptor);
        } catch (IOException | ChannelException e) {
            misfit = "cannot be examined: " + e.getMessage();
        }
        return misfit == null ? null : HandoffRejection.unfitDescriptor(misfit);
    }

    private @Nullable String misfitOf(OwnedDescriptor descriptor) throws IOException {
        Socket socket;
        try {
            socket = socket(descriptor);
        } catch (ChannelException e) {
            // Not a socket. To ask proc(5) first would take longer than all other questions together.
            return "is " + kindOf(descriptor) + "; expected a socket";
        }
        int type = socket.getIntOpt(SOL_SOCKET, SO_TYPE);
        if (type != SOCK_STREAM) {
            return "is " + OTHER_TYPES.getOrDefault(type, "a socket of type " + type) + "; expected a stream socket";
        }
        int family = socket.getIntOpt(SOL_SOCKET, SO_DOMAIN);
        if (family != AF_UNIX && family != AF_INET && family != AF_INET6) {
            return "is a socket of address family " + family + "; expected AF_UNIX, AF_INET or AF_INET6";
        }
        return family == AF_UNIX ? misfitOfUnix(socket) : misfitOfInternet(descriptor, socket);
    }

    private @Nullable String misfitOfUnix(Socket socket) throws IOException {
        DomainSocketAddress remote = socket.remoteDomainSocketAddress();
        if (remote == null) {
            return misfitWithoutPeer(socket);
        }
        DomainSocketAddress local = socket.localDomainSocketAddress();
        boolean isHandoff = remote.path().equals(handoffSocketPath)
                || (local != null && local.path().equals(handoffSocketPath));
        return isHandoff ? "is a handoff connection itself; expected the connection of a client" : null;
    }

    private @Nullable String misfitOfInternet(OwnedDescriptor descriptor, Socket socket) throws IOException {
        // A connection that its client has reset has no peer any more, either, but the error of the reset.
        boolean wasConnected = socket.remoteAddress() != null || calls.hasPendingError(descriptor.look());
        return wasConnected ? null : misfitWithoutPeer(socket);
    }

    private static String misfitWithoutPeer(Socket socket) throws IOException {
        return isListening(socket)
                ? "is a listening socket; expected a connected one"
                : "is a socket that is not connected; expected a connected one";
    }

    static boolean isListening(Socket socket) throws IOException {
        return socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) != 0;
    }

    static boolean isUnixSocket(OwnedDescriptor descriptor) throws IOException {
        return socket(descriptor).getIntOpt(SOL_SOCKET, SO_DOMAIN) == AF_UNIX;
    }

    /** What proc(5) says it is, without the number or the path. */
    private static String kindOf(OwnedDescriptor descriptor) throws IOException {
        String link = Files.readSymbolicLink(Path.of(
                        "/proc/self/fd", String.valueOf(descriptor.look().intValue())))
                .toString();
        if (link.startsWith("pipe:")) {
            return "a pipe";
        }
        return link.startsWith("anon_inode:") ? "an " + link.replaceAll("anon_inode:|[\\[\\]]", "") : "a file";
    }

    private static Socket socket(OwnedDescriptor descriptor) {
        return new Socket(descriptor.look().intValue());
    }
}
