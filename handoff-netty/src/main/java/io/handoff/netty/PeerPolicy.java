package io.handoff.netty;

import java.util.Arrays;

/**
 * Decides which processes may talk to the server at all. It is asked once for each connection, before a byte of it is
 * read; a connection that is not permitted is closed and counted.
 *
 * <p>The socket file itself has mode 0600, which keeps other users but root out already; a policy that permits more
 * needs the file's mode or group changed by the program after the start.
 *
 * <p>Called on the accepting event loop, and so must not block.
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
     * @return the policy
     */
    static PeerPolicy sameUserOrRoot() {
        return uids(0, ProcessUid.effective());
    }

    /**
     * Permits processes of these users.
     *
     * @param uids effective user ids
     * @return the policy
     */
    static PeerPolicy uids(int... uids) {
        int[] permitted = uids.clone();
        return peer -> Arrays.stream(permitted).anyMatch(uid -> uid == peer.uid());
    }
}
