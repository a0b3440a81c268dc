package io.handoff.netty.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.PayloadEncoding;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens the envelope around one kind of handoff message: the checks 4 to 9 of WIRE §5, in that order, which the two
 * directions of the protocol share.
 */
abstract class Envelope<M extends Message> extends MessageToMessageDecoder<Frame> {

    /** The only {@code envelope_version}. */
    static final int VERSION = 1;

    /** The {@code payload_protocol} of handoff frames. */
    static final int PAYLOAD_PROTOCOL = 0xD0FF;

    private final String message;
    private final FrameKind kind;
    private final Parser<M> parser;

    /** Takes the name of the message, for errors, the kind of its frames, and the parser of its payload. */
    Envelope(String message, FrameKind kind, Parser<M> parser) {
        super(Frame.class);
        this.message = message;
        this.kind = kind;
        this.parser = parser;
    }

    /** Checks what can be told of the exchange before the payload is parsed. */
    void checkExchange(Frame frame) {}

    /** Checks the message against its frame and its exchange, and returns what the next handler gets. */
    abstract Object open(Frame frame, M payload);

    @Override
    protected final void decode(ChannelHandlerContext ctx, Frame frame, List<Object> out) {
        checkFields(frame);
        checkExchange(frame);
        out.add(open(frame, parsePayload(frame)));
    }

    private void checkFields(Frame frame) {
        String misfit = fieldOfWrongType(frame);
        if (misfit != null) {
            throw WireErrors.undecodableFrame(message, misfit, null);
        }
        if (frame.getEnvelopeVersion() != VERSION) {
            throw unexpected(Kind.ENVELOPE_VERSION, "envelope_version is not v1");
        }
        if (frame.getKindValue() != kind.getNumber()) {
            String kindName = kind.name().substring("FRAME_KIND_".length());
            throw unexpected(Kind.FRAME_KIND, "kind is not " + kindName);
        }
        if (frame.getPayloadProtocol() != PAYLOAD_PROTOCOL) {
            throw unexpected(Kind.PAYLOAD_PROTOCOL, "payload_protocol is not handoff");
        }
        if (frame.getPayloadEncodingValue() != PayloadEncoding.PAYLOAD_ENCODING_NONE_VALUE) {
            throw unexpected(Kind.PAYLOAD_ENCODING, "payload is compressed");
        }
    }

    private M parsePayload(Frame frame) {
        M payload;
        try {
            WellFormed.check(frame.getPayload().asReadOnlyByteBuffer());
            payload = parser.parseFrom(frame.getPayload());
        } catch (InvalidProtocolBufferException e) {
            throw WireErrors.undecodablePayload(message, String.valueOf(e.getMessage()), e);
        }
        String misfit = fieldOfWrongType(payload);
        if (misfit != null) {
            throw WireErrors.undecodablePayload(message, misfit, null);
        }
        return payload;
    }

    private HandoffWireException unexpected(Kind kind, String difference) {
        return WireErrors.unexpectedFrame(kind, message, difference);
    }

    /**
     * Finds a field that came with another wire type than its own. The protocol refuses such a message; protobuf-java
     * files the field under the unknown ones.
     */
    private static @Nullable String fieldOfWrongType(Message message) {
        for (int number : message.getUnknownFields().asMap().keySet()) {
            var field = message.getDescriptorForType().findFieldByNumber(number);
            if (field != null) {
                return "field " + field.getName() + " has the wrong wire type";
            }
        }
        return null;
    }

    /** Names the failure of the {@link HandoffFrameParser} before this handler as check 4. This handler's own come by too. */
    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean isNamed = cause instanceof HandoffWireException;
        if (!isNamed && cause.getCause() instanceof InvalidProtocolBufferException e) {
            ctx.fireExceptionCaught(WireErrors.undecodableFrame(message, String.valueOf(e.getMessage()), e));
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }
}
