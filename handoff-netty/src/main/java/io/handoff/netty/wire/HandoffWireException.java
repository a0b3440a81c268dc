package io.handoff.netty.wire;

import io.netty.handler.codec.DecoderException;
import java.io.Serial;
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
        /** The header announces a large body, and the other large ones leave no room for it. */
        FRAME_BUDGET_EXCEEDED,
        /** The stream ended inside a frame. */
        UNEXPECTED_EOF,
        /** The body of the frame is not a {@code Frame}. */
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

    HandoffWireException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    HandoffWireException(Kind kind, String message) {
        this(kind, message, null);
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
