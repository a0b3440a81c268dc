package io.handoff.netty;

/** Why a connection was closed before a byte of it was read. */
public enum ConnectionRefusal {
    /** The {@link PeerPolicy} does not permit the peer, or failed to say so. */
    PEER_NOT_PERMITTED,
    /** As many connections as configured are open already. */
    CONNECTION_LIMIT
}
