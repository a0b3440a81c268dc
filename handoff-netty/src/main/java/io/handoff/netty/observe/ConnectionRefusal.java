package io.handoff.netty.observe;

/**
 * Why a connection is not served. Where there is room to say so, its first offer is rejected; else it is closed before a byte of it
 * is read.
 */
public enum ConnectionRefusal {
    /** The {@code PeerPolicy} does not permit the peer, or failed to say so. */
    PEER_NOT_PERMITTED,
    /** As many connections as configured are open already, and the reserve over them is full. */
    CONNECTION_LIMIT
}
