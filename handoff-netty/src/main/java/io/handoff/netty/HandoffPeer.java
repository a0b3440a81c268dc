package io.handoff.netty;

import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;

/**
 * Who is at the other end of a handoff connection, as the kernel recorded it when that process connected
 * ({@code SO_PEERCRED}, unix(7)).
 *
 * @param pid its process id
 * @param uid its effective user id
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
