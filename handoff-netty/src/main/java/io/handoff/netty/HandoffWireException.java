package io.handoff.netty;

import io.netty.handler.codec.DecoderException;
import java.io.Serial;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The peer broke the protocol (WIRE §5 on the backend, §8 on the broker). The connection is closed, without an ACK.
 *
 * <p>A peer can cause these at will, so they carry no stack trace.
 */
public final class HandoffWireException extends DecoderException {

    /** What was broken. */
    public enum Kind {
        /** The first byte of a frame is not the framing version 1. */
        UNSUPPORTED_FRAMING_VERSION,
        /** The header announces a body over the cap. */
        FRAME_TOO_LARGE,
        /** The header announces a large body, for which the large ones that are there already leave no room. */
        FRAME_BUDGET_EXCEEDED,
        /** The stream ended inside a frame. */
        UNEXPECTED_EOF,
        /** The body of the frame is no {@code Frame}. */
        UNDECODABLE_FRAME,
        /** The envelope version is not 1. */
        ENVELOPE_VERSION,
        /** The frame is of another kind than its place in the exchange asks for. */
        FRAME_KIND,
        /** The payload belongs to another protocol. */
        PAYLOAD_PROTOCOL,
        /** The payload is compressed. */
        PAYLOAD_ENCODING,
        /** The payload is not the message that its place in the exchange asks for. */
        UNDECODABLE_PAYLOAD,
        /** The frame's request id and the correlation id of the exchange differ. */
        CORRELATION,
        /** An ACK repeats another token than the one that was offered. */
        TOKEN_ECHO,
        /** No descriptor came with the first byte of the connection. */
        DESCRIPTOR_MISSING,
        /** More than one descriptor came. */
        DESCRIPTOR_SURPLUS,
        /** A control message came that carries no descriptor. */
        UNEXPECTED_CONTROL,
        /** The exchange took longer than the deadline. */
        DEADLINE_EXCEEDED
    }

    @Serial
    private static final long serialVersionUID = 1L;

    /** What was wrong. */
    private final Kind kind;

    private HandoffWireException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    private HandoffWireException(Kind kind, String message) {
        this(kind, message, null);
    }

    static HandoffWireException unsupportedFramingVersion(int got) {
        return new HandoffWireException(
                Kind.UNSUPPORTED_FRAMING_VERSION,
                "unsupported framing version: got " + got + ", expected " + HandoffFrameDecoder.FRAMING_VERSION);
    }

    static HandoffWireException frameTooLarge(long bodyLength, int cap) {
        return new HandoffWireException(
                Kind.FRAME_TOO_LARGE, "frame body too large: " + bodyLength + " bytes exceeds cap " + cap);
    }

    static HandoffWireException frameBudgetExceeded(int bodyLength, long taken, long budget) {
        return new HandoffWireException(
                Kind.FRAME_BUDGET_EXCEEDED,
                "no room for a frame body of " + bodyLength + " bytes: large ones take up " + taken + " of " + budget);
    }

    /** The stream ended; {@code part} names what was being read. */
    static HandoffWireException unexpectedEof(String part) {
        return new HandoffWireException(Kind.UNEXPECTED_EOF, "unexpected EOF while reading frame (" + part + ")");
    }

    /** A frame that is well-formed but not the one that carries a {@code message} here. */
    static HandoffWireException unexpectedFrame(Kind kind, String message, String difference) {
        return new HandoffWireException(kind, "unexpected " + message + " frame: " + difference);
    }

    /** A frame that belongs to another exchange than the one it came in. */
    static HandoffWireException otherExchange(Kind kind, String difference) {
        return new HandoffWireException(kind, difference);
    }

    static HandoffWireException undecodableFrame(String message, String why, @Nullable Throwable cause) {
        return new HandoffWireException(
                Kind.UNDECODABLE_FRAME, "failed to decode " + message + " Frame: " + why, cause);
    }

    static HandoffWireException undecodablePayload(String message, String why, @Nullable Throwable cause) {
        return new HandoffWireException(
                Kind.UNDECODABLE_PAYLOAD, "failed to decode " + message + " payload: " + why, cause);
    }

    static HandoffWireException missingDescriptor() {
        return new HandoffWireException(
                Kind.DESCRIPTOR_MISSING, "no descriptor came with the first byte; expected one with the token");
    }

    static HandoffWireException surplusDescriptor(String how) {
        return new HandoffWireException(Kind.DESCRIPTOR_SURPLUS, "too many descriptors: " + how + ", expected 1");
    }

    static HandoffWireException unexpectedControl() {
        return new HandoffWireException(
                Kind.UNEXPECTED_CONTROL, "unexpected control message; expected one descriptor (SCM_RIGHTS)");
    }

    static HandoffWireException deadlineExceeded(String what, Duration deadline) {
        return new HandoffWireException(Kind.DEADLINE_EXCEEDED, what + " within " + deadline.toMillis() + " ms");
    }

    /**
     * Tells what was broken.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // It does nothing.
    public Throwable fillInStackTrace() {
        return this;
    }
}
