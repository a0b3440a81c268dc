package io.handoff.netty.wire;

import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;

/**
 * Who is at the other end of a handoff connection, as the kernel recorded it when that process connected
 * ({@code SO_PEERCRED}, unix(7)).
 *
 * @param pid its process id; 0 if it is in a pid namespace that this process cannot see, a container of its own say
 * @param uid its effective user id; the overflow user id, 65534 as a rule, for whoever is unknown in the user namespace of
 *     this process; -1 if the call that asks the kernel has failed
 * @param gid its effective group id
 */
public record HandoffPeer(int pid, int uid, int gid) {

    /**
     * Asks the kernel.
     *
     * @param channel a connected Unix-domain socket
     * @return its peer
     * @throws IOException if the kernel does not tell
     */
    public static HandoffPeer of(EpollDomainSocketChannel channel) throws IOException {
        PeerCredentials credentials = channel.peerCredentials();
        return new HandoffPeer(credentials.pid(), credentials.uid(), credentials.gids()[0]);
    }
}
