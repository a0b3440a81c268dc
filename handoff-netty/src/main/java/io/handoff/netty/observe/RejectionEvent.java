package io.handoff.netty.observe;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

@Name("io.handoff.Rejection")
@Label("Rejection")
@Description("An offer was rejected, and its ACK has left")
final class RejectionEvent extends OfferEvent {

    @Label("Reason")
    @Nullable
    String reason;

    @Label("Detail")
    @Nullable
    String detail;

    @Label("Answer Time")
    @Description("From when the offer was read until its ACK had left")
    @Timespan
    long answerTime;
}
