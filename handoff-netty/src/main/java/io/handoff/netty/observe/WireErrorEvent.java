package io.handoff.netty.observe;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

@Name("io.handoff.WireError")
@Label("Wire Error")
@Description("A peer broke the protocol or missed the deadline, and its connection is closed")
final class WireErrorEvent extends PeerEvent {

    @Label("Kind")
    @Nullable
    String kind;

    @Label("Message")
    @Nullable
    String message;
}
