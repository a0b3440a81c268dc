package io.handoff.netty.wire;

import io.handoff.netty.wire.HandoffWireException.Kind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Every error of the protocol with its text (WIRE §5 and §8): what came, and what was expected. Not API. */
public final class WireErrors {

    private WireErrors() {}

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

    /**
     * Says that the stream has ended too early.
     *
     * @param part what was being read
     * @return the error
     */
    public static HandoffWireException unexpectedEof(String part) {
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

    /**
     * Says that no descriptor came.
     *
     * @return the error
     */
    public static HandoffWireException missingDescriptor() {
        return new HandoffWireException(
                Kind.DESCRIPTOR_MISSING, "no descriptor came with the first byte; expected one with the token");
    }

    /**
     * Says that more than one descriptor came.
     *
     * @param how how they came
     * @return the error
     */
    public static HandoffWireException surplusDescriptor(String how) {
        return new HandoffWireException(Kind.DESCRIPTOR_SURPLUS, "too many descriptors: " + how + ", expected 1");
    }

    /**
     * Says that a control message came that is none of a descriptor.
     *
     * @return the error
     */
    public static HandoffWireException unexpectedControl() {
        return new HandoffWireException(
                Kind.UNEXPECTED_CONTROL, "unexpected control message; expected one descriptor (SCM_RIGHTS)");
    }

    /**
     * Says that the time is over.
     *
     * @param what what has not happened
     * @param deadline the time that it had
     * @return the error
     */
    public static HandoffWireException deadlineExceeded(String what, Duration deadline) {
        return new HandoffWireException(Kind.DEADLINE_EXCEEDED, what + " within " + deadline.toMillis() + " ms");
    }
}
