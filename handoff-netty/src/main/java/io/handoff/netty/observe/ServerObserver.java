package io.handoff.netty.observe;

import io.handoff.netty.wire.HandoffPeer;

/** Is told what a {@link HandoffListener} is told, and when ACKs have left. Not API. */
public interface ServerObserver extends HandoffListener {

    /**
     * ACKs have left that answer offers which were read together.
     *
     * @param peer the process that sent the offers
     * @param acks the ACKs and their times
     */
    default void acksLeft(HandoffPeer peer, LeftAcks acks) {}
}
