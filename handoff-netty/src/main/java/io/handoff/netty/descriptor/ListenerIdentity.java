package io.handoff.netty.descriptor;

import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Which listening Unix-domain socket it is, as the kernel tells the other ends of its connections: by the name it is bound to, and
 * by the process that made it listen. The name alone is not enough: another file may have had it before, or have it in another
 * mount namespace.
 *
 * @param name the name it is bound to; null if it has none
 * @param pid the process that made it listen, as {@code SO_PEERCRED} has it (unix(7))
 * @param uid its effective user id
 * @param gid its effective group id
 */
public record ListenerIdentity(@Nullable String name, int pid, int uid, int gid) {

    /** Asks a listening socket which one it is. */
    public static ListenerIdentity ofListening(FileDescriptor socket, SocketCalls calls) throws IOException {
        return of(calls.localAddress(socket).unixName(), socket);
    }

    /** Whether a socket is the end that has connected to this one. */
    boolean isPeerOf(FileDescriptor connected, SocketCalls.Address remote) throws IOException {
        // The name first: of what else is handed off it is another, and nothing more is asked.
        return name != null && name.equals(remote.unixName()) && equals(of(name, connected));
    }

    private static ListenerIdentity of(@Nullable String name, FileDescriptor socket) throws IOException {
        SocketPeer peer = SocketPeer.of(new Socket(socket.intValue()));
        return new ListenerIdentity(name, peer.pid(), peer.uid(), peer.gid());
    }
}
