package io.handoff.netty;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;
import java.io.IOException;

/**
 * Writes one kind of handoff frame (WIRE §3–4): header, envelope and payload go straight into one buffer of exactly
 * their size, fields in ascending order, defaults left out.
 */
abstract class HandoffFrameEncoder<I> extends MessageToByteEncoder<I> {

    private final FrameKind kind;

    HandoffFrameEncoder(Class<? extends I> type, FrameKind kind) {
        super(type);
        this.kind = kind;
    }

    abstract MessageLite payload(I message);

    /** The correlation id of the payload, which the frame repeats as its request id. */
    abstract long requestId(I message);

    String traceparent(I message) {
        return "";
    }

    String tracestate(I message) {
        return "";
    }

    @Override
    protected final ByteBuf allocateBuffer(ChannelHandlerContext ctx, I message, boolean preferDirect) {
        return ctx.alloc().ioBuffer(HandoffFrameDecoder.HEADER_LENGTH + bodyLength(message));
    }

    @Override
    protected final void encode(ChannelHandlerContext ctx, I message, ByteBuf out) throws IOException {
        int bodyLength = bodyLength(message);
        out.writeByte(HandoffFrameDecoder.FRAMING_VERSION);
        out.writeIntLE(bodyLength);
        CodedOutputStream body = CodedOutputStream.newInstance(out.nioBuffer(out.writerIndex(), bodyLength));
        writeBody(body, message);
        body.checkNoSpaceLeft();
        out.writerIndex(out.writerIndex() + bodyLength);
    }

    private int bodyLength(I message) {
        int length = CodedOutputStream.computeUInt32Size(Frame.ENVELOPE_VERSION_FIELD_NUMBER, Envelope.VERSION)
                + CodedOutputStream.computeUInt32Size(Frame.PAYLOAD_PROTOCOL_FIELD_NUMBER, Envelope.PAYLOAD_PROTOCOL);
        if (kind != FrameKind.FRAME_KIND_REQUEST) {
            length += CodedOutputStream.computeEnumSize(Frame.KIND_FIELD_NUMBER, kind.getNumber());
        }
        int payloadLength = payload(message).getSerializedSize();
        if (payloadLength > 0) {
            length += CodedOutputStream.computeTagSize(Frame.PAYLOAD_FIELD_NUMBER)
                    + CodedOutputStream.computeUInt32SizeNoTag(payloadLength)
                    + payloadLength;
        }
        if (requestId(message) != 0) {
            length += CodedOutputStream.computeUInt64Size(Frame.REQUEST_ID_FIELD_NUMBER, requestId(message));
        }
        return length
                + stringSize(Frame.TRACEPARENT_FIELD_NUMBER, traceparent(message))
                + stringSize(Frame.TRACESTATE_FIELD_NUMBER, tracestate(message));
    }

    private void writeBody(CodedOutputStream body, I message) throws IOException {
        body.writeUInt32(Frame.ENVELOPE_VERSION_FIELD_NUMBER, Envelope.VERSION);
        if (kind != FrameKind.FRAME_KIND_REQUEST) {
            body.writeEnum(Frame.KIND_FIELD_NUMBER, kind.getNumber());
        }
        body.writeUInt32(Frame.PAYLOAD_PROTOCOL_FIELD_NUMBER, Envelope.PAYLOAD_PROTOCOL);
        MessageLite payload = payload(message);
        if (payload.getSerializedSize() > 0) {
            // writeMessage() is what an embedded message is written with: its length, then its fields.
            body.writeMessage(Frame.PAYLOAD_FIELD_NUMBER, payload);
        }
        if (requestId(message) != 0) {
            body.writeUInt64(Frame.REQUEST_ID_FIELD_NUMBER, requestId(message));
        }
        writeString(body, Frame.TRACEPARENT_FIELD_NUMBER, traceparent(message));
        writeString(body, Frame.TRACESTATE_FIELD_NUMBER, tracestate(message));
    }

    private static int stringSize(int field, String value) {
        return value.isEmpty() ? 0 : CodedOutputStream.computeStringSize(field, value);
    }

    private static void writeString(CodedOutputStream body, int field, String value) throws IOException {
        if (!value.isEmpty()) {
            body.writeString(field, value);
        }
    }
}
