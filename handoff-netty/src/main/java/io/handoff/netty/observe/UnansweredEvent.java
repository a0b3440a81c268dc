package io.handoff.netty.observe;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

@Name("io.handoff.Unanswered")
@Label("Unanswered Offer")
@Description("The ACK of an offer could not be written")
final class UnansweredEvent extends OfferEvent {

    @Label("Accepted")
    @Description("What the ACK would have said")
    boolean accepted;
}
