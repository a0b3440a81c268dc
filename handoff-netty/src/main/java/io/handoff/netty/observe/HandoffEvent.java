package io.handoff.netty.observe;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;

@Name("io.handoff.Handoff")
@Label("Handoff")
@Description("An offer was accepted, and its ACK has left")
final class HandoffEvent extends OfferEvent {

    @Label("Adopted")
    @Description("Whether a connection came with the offer")
    boolean adopted;

    @Label("Answer Time")
    @Description("From when the offer was read until its ACK had left")
    @Timespan
    long answerTime;

    @Label("Time Since Accept")
    @Description("From when the handoff connection was accepted until the ACK had left")
    @Timespan
    long timeSinceAccept;
}
