package io.handoff.netty;

/**
 * A broker's offer to take over one client connection, and the trace context that its frame carried (WIRE §4).
 *
 * <p>Immutable. Its token is not to be had from it, and not in its {@link #toString()}: once received it is only ever
 * compared and repeated.
 */
public final class Offer {

    private final byte[] token;
    private final String serviceName;
    private final long correlationId;
    private final String traceparent;
    private final String tracestate;

    /** Takes the token over, which may be of any length. */
    Offer(byte[] token, String serviceName, long correlationId, String traceparent, String tracestate) {
        this.token = token;
        this.serviceName = serviceName;
        this.correlationId = correlationId;
        this.traceparent = traceparent;
        this.tracestate = tracestate;
    }

    /**
     * Makes an offer that belongs to no trace, for a broker to send.
     *
     * @param token the one-time token that the backend expects
     * @param serviceName the service that the client asked for
     * @param correlationId any number; the answer repeats it
     * @return the offer
     */
    public static Offer of(HandoffToken token, String serviceName, long correlationId) {
        return new Offer(token.toBytes(), serviceName, correlationId, "", "");
    }

    /**
     * Makes this offer part of a trace.
     *
     * @param traceparent the W3C {@code traceparent}
     * @param tracestate the W3C {@code tracestate}, or empty
     * @return a new offer
     */
    public Offer tracedAs(String traceparent, String tracestate) {
        return new Offer(token, serviceName, correlationId, traceparent, tracestate);
    }

    /**
     * The service that the client asked the broker for.
     *
     * @return the name, as the broker sent it: of any length, with any characters
     */
    public String serviceName() {
        return serviceName;
    }

    /**
     * The broker's number of this exchange.
     *
     * @return 64 bits, unsigned
     */
    public long correlationId() {
        return correlationId;
    }

    /**
     * The trace that the broker does this in.
     *
     * @return the W3C {@code traceparent}, empty if there is none; not validated
     */
    public String traceparent() {
        return traceparent;
    }

    /**
     * The vendors' part of the trace context.
     *
     * @return the W3C {@code tracestate}, empty if there is none; not validated
     */
    public String tracestate() {
        return tracestate;
    }

    /** The token as it was sent: of any length. Not to be changed. */
    byte[] token() {
        return token;
    }

    @Override
    public String toString() {
        return "Offer(correlationId=" + Long.toUnsignedString(correlationId()) + ", serviceName=" + serviceName() + ")";
    }
}
