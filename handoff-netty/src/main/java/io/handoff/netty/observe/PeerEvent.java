package io.handoff.netty.observe;

import io.handoff.netty.wire.HandoffPeer;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;
import jdk.jfr.Unsigned;

/** What every event of the Flight Recorder has here. Without a recording the JVM leaves nothing of an event but a branch. */
@Category("Handoff")
@StackTrace(false)
abstract class PeerEvent extends Event {

    @Label("Peer Process Id")
    @Description("0 if it is in a pid namespace that this process cannot see")
    int peerPid;

    @Label("Peer User Id")
    @Unsigned
    int peerUid;

    final void setPeer(HandoffPeer peer) {
        peerPid = peer.pid();
        peerUid = peer.uid();
    }
}
