package io.handoff.netty.backend;

import io.handoff.netty.descriptor.ProcessUid;
import io.handoff.netty.wire.HandoffPeer;
import java.util.Arrays;

/**
 * Decides which processes may talk to the server at all. It is asked once for each connection, before a byte of it is
 * read. A connection that is not permitted is counted; its first offer is rejected, so that a broker keeps its client, and it is
 * closed. Where descriptors are required, none that comes on it is received.
 *
 * <p>The socket file has mode 0600, so other users than root cannot connect at all. To permit more, the program also has to
 * change the file's mode or group after the start.
 *
 * <p>It is called on the accepting event loop, so it must not block.
 */
@FunctionalInterface
public interface PeerPolicy {

    /**
     * Judges a peer.
     *
     * @param peer the connecting process
     * @return whether it may go on
     */
    boolean permits(HandoffPeer peer);

    /**
     * Permits processes of this process' effective user, and of root: the default.
     *
     * <p>If that user is the overflow user id ({@code /proc/sys/kernel/overflowuid}: 65534, {@code nobody}), root alone is
     * permitted: every user whom a user namespace does not know is shown with that id. Run the backend as another user, or
     * name the id in {@link #uids} where all users are known.
     *
     * @return the policy
     */
    static PeerPolicy sameUserOrRoot() {
        return uids(ProcessUid.ownAndRoot(ProcessUid.effective(), ProcessUid.overflow()));
    }

    /**
     * Permits processes of these users.
     *
     * @param uids effective user ids, as the user namespace of this process has them
     * @return the policy
     */
    static PeerPolicy uids(int... uids) {
        int[] permitted = uids.clone();
        Arrays.sort(permitted);
        return peer -> Arrays.binarySearch(permitted, peer.uid()) >= 0;
    }
}
