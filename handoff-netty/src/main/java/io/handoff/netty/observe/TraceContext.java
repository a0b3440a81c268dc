package io.handoff.netty.observe;

import io.handoff.netty.wire.Offer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** The trace context of an offer (W3C Trace Context), for what is logged and recorded about it. Not API. */
public final class TraceContext {

    /** Of the MDC, while a message about an offer is logged. */
    static final String MDC_KEY = "traceparent";

    /** Version 00, which later ones begin with. Anything else is a peer's free text, and not repeated. */
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private TraceContext() {}

    /**
     * Reads the {@code traceparent} of an offer.
     *
     * @param offer any offer
     * @return its {@code traceparent}; null if it has none, or no valid one
     */
    public static @Nullable String traceparent(Offer offer) {
        String traceparent = offer.traceparent();
        return !traceparent.isEmpty() && TRACEPARENT.matcher(traceparent).matches() ? traceparent : null;
    }

    /** Logs something with the {@code traceparent} of an offer in the MDC. */
    static void logAbout(Offer offer, Runnable logging) {
        String traceparent = traceparent(offer);
        if (traceparent == null) {
            logging.run();
            return;
        }
        String before = MDC.get(MDC_KEY);
        MDC.put(MDC_KEY, traceparent);
        try {
            logging.run();
        } finally {
            if (before == null) {
                MDC.remove(MDC_KEY);
            } else {
                MDC.put(MDC_KEY, before);
            }
        }
    }
}
