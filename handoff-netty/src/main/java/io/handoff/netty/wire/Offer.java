package io.handoff.netty.wire;

import io.handoff.netty.token.HandoffToken;
import org.jspecify.annotations.Nullable;

/**
 * A broker's offer to take over one client connection, the trace context that its frame carried (WIRE §4), and what travels with
 * the connection (WIRE §10).
 *
 * <p>Immutable. Neither its token nor what it carries is in its {@link #toString()}.
 */
public final class Offer {

    private static final byte[] NOTHING = {};

    private final byte[] tokenBytes;

    /** Null if the bytes are none. */
    private final @Nullable HandoffToken token;

    private final String serviceName;
    private final long correlationId;
    private final String traceparent;
    private final String tracestate;
    private final byte[] unread;
    private final byte[] state;

    /** Takes the token over, which may be of any length. */
    Offer(byte[] token, String serviceName, long correlationId, String traceparent, String tracestate) {
        this(
                token,
                token.length == HandoffToken.BYTES ? HandoffToken.ofBytes(token) : null,
                serviceName,
                correlationId,
                traceparent,
                tracestate,
                NOTHING,
                NOTHING);
    }

    private Offer(
            byte[] tokenBytes,
            @Nullable HandoffToken token,
            String serviceName,
            long correlationId,
            String traceparent,
            String tracestate,
            byte[] unread,
            byte[] state) {
        this.tokenBytes = tokenBytes;
        this.token = token;
        this.serviceName = serviceName;
        this.correlationId = correlationId;
        this.traceparent = traceparent;
        this.tracestate = tracestate;
        this.unread = unread;
        this.state = state;
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
        return new Offer(token.toBytes(), token, serviceName, correlationId, "", "", NOTHING, NOTHING);
    }

    /**
     * Makes this offer part of a trace.
     *
     * @param traceparent the W3C {@code traceparent}
     * @param tracestate the W3C {@code tracestate}, or empty
     * @return a new offer
     */
    public Offer tracedAs(String traceparent, String tracestate) {
        return new Offer(tokenBytes, token, serviceName, correlationId, traceparent, tracestate, unread, state);
    }

    /**
     * Has bytes and state travel with the connection (WIRE §10). It takes a broker that is set to carry them, and a backend that is
     * set to take them.
     *
     * @param unread bytes of the client that have been read here and that nobody has served: what the backend's channel reads
     *     first; may be empty
     * @param state what the program knows of the connection, in any form that the other end understands; may be empty
     * @return a new offer, with copies of both in place of what it had
     */
    public Offer carrying(byte[] unread, byte[] state) {
        return carryingThese(unread.clone(), state.clone());
    }

    /** Takes both over. */
    Offer carryingThese(byte[] unread, byte[] state) {
        return new Offer(tokenBytes, token, serviceName, correlationId, traceparent, tracestate, unread, state);
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

    /**
     * What the client has sent and nobody has served yet.
     *
     * @return a copy, mostly empty
     */
    public byte[] unread() {
        return unread.clone();
    }

    /**
     * What the sending program knows of the connection.
     *
     * @return a copy, mostly empty
     */
    public byte[] state() {
        return state.clone();
    }

    /**
     * How much travels with the connection.
     *
     * @return the bytes of {@link #unread} and {@link #state} together; zero for an offer as in v1
     */
    public long carriedBytes() {
        return (long) unread.length + state.length;
    }

    /** Not to be changed. */
    byte[] unreadBytes() {
        return unread;
    }

    /** Not to be changed. */
    byte[] stateBytes() {
        return state;
    }

    /**
     * The token that the offer presents. Like every {@link HandoffToken} it is not printed.
     *
     * @return the token
     * @throws IllegalStateException if {@link #tokenLength} is not {@value HandoffToken#BYTES}
     */
    public HandoffToken token() {
        if (token == null) {
            throw new IllegalStateException(
                    "the offer's token is " + tokenBytes.length + " bytes long; expected " + HandoffToken.BYTES);
        }
        return token;
    }

    /**
     * How long the presented token is, which a peer may get wrong.
     *
     * @return the length in bytes
     */
    public int tokenLength() {
        return tokenBytes.length;
    }

    /** The token as it was sent: of any length. Not to be changed. */
    byte[] tokenBytes() {
        return tokenBytes;
    }

    @Override
    public String toString() {
        return "Offer(correlationId=" + Long.toUnsignedString(correlationId()) + ", serviceName=" + serviceName() + ")";
    }
}
