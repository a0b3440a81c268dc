package io.handoff.netty.broker;

import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.observe.TraceContext;
import io.handoff.netty.wire.Offer;
import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Unsigned;
import org.jspecify.annotations.Nullable;

@Name("io.handoff.BrokerHandoff")
@Label("Handoff to a Backend")
@Description("A broker has tried to hand a client to a backend. The duration is from the start to the outcome")
@Category("Handoff")
@StackTrace(false)
final class BrokerHandoffEvent extends Event {

    /** A backend may say what it likes. */
    private static final int MAX_DETAIL = 200;

    @Label("Backend")
    @Description("The path of its socket")
    String backend = "";

    @Label("Correlation Id")
    @Unsigned
    long correlationId;

    @Label("Trace Parent")
    @Nullable
    String traceparent;

    @Label("Outcome")
    @Description("ACCEPTED, REJECTED or FAILED")
    String outcome = "";

    @Label("Stage")
    @Description("How far it got, if it has failed")
    @Nullable
    String stage;

    @Label("Detail")
    @Description("What the backend said, or what went wrong; its beginning")
    @Nullable
    String detail;

    @Label("Connection Usable")
    @Description("Whether the client is still here")
    boolean connectionUsable;

    /** Begins to measure. */
    static BrokerHandoffEvent begin(Path backend, Offer offer) {
        BrokerHandoffEvent event = new BrokerHandoffEvent();
        if (event.isEnabled()) {
            event.backend = backend.toString();
            event.correlationId = offer.correlationId();
            event.traceparent = TraceContext.traceparent(offer);
            event.begin();
        }
        return event;
    }

    void end(HandoffOutcome result) {
        if (!shouldCommit()) {
            return;
        }
        outcome = "ACCEPTED";
        if (result instanceof Rejected rejected) {
            outcome = "REJECTED";
            connectionUsable = true;
            detail = beginningOf(rejected.detail());
        } else if (result instanceof Failed failed) {
            outcome = "FAILED";
            connectionUsable = failed.connectionUsable();
            stage = failed.stage().name();
            detail = beginningOf(String.valueOf(failed.cause().getMessage()));
        }
        commit();
    }

    private static String beginningOf(String text) {
        return text.length() <= MAX_DETAIL ? text : text.substring(0, MAX_DETAIL);
    }
}
