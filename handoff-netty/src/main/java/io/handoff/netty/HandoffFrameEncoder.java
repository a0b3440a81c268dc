package io.handoff.netty;

import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;

/**
 * Writes one kind of handoff frame (WIRE §3–4): header, envelope and payload go straight into one buffer of exactly
 * their size, fields in ascending order, defaults left out.
 */
abstract class HandoffFrameEncoder<I> extends MessageToByteEncoder<I> {

    /** The fields that are the same in each frame of this kind; the others come after them. */
    private final byte[] envelope;

    HandoffFrameEncoder(Class<? extends I> type, FrameKind kind) {
        super(type);
        ByteBuf fields = Unpooled.buffer();
        Fields.write(Frame.ENVELOPE_VERSION_FIELD_NUMBER, Envelope.VERSION, fields);
        Fields.write(Frame.KIND_FIELD_NUMBER, kind.getNumber(), fields);
        Fields.write(Frame.PAYLOAD_PROTOCOL_FIELD_NUMBER, Envelope.PAYLOAD_PROTOCOL, fields);
        envelope = ByteBufUtil.getBytes(fields);
    }

    /** The offer that the message is, or is about: its correlation id is the frame's request id. */
    abstract Offer offer(I message);

    abstract int payloadLength(I message);

    abstract void writePayload(I message, ByteBuf out);

    String traceparent(I message) {
        return "";
    }

    String tracestate(I message) {
        return "";
    }

    /** Encodes outside of a pipeline that this encoder is in; the caller releases the frame. */
    final ByteBuf toFrame(ChannelHandlerContext ctx, I message) {
        ByteBuf frame = allocateBuffer(ctx, message, true);
        try {
            encode(ctx, message, frame);
            return frame.retain();
        } finally {
            frame.release();
        }
    }

    @Override
    protected final ByteBuf allocateBuffer(ChannelHandlerContext ctx, I message, boolean preferDirect) {
        return ctx.alloc().ioBuffer(HandoffFrameDecoder.HEADER_LENGTH + bodyLength(message));
    }

    @Override
    protected final void encode(ChannelHandlerContext ctx, I message, ByteBuf out) {
        int start = out.writerIndex();
        out.writeByte(HandoffFrameDecoder.FRAMING_VERSION);
        out.writeZero(Integer.BYTES);
        writeBody(message, out);
        int bodyLength = out.writerIndex() - start - HandoffFrameDecoder.HEADER_LENGTH;
        out.setIntLE(start + 1, bodyLength);
    }

    private int bodyLength(I message) {
        return envelope.length
                + Fields.sizeOfBytes(Frame.PAYLOAD_FIELD_NUMBER, payloadLength(message))
                + Fields.sizeOf(Frame.REQUEST_ID_FIELD_NUMBER, offer(message).correlationId())
                + Fields.sizeOf(Frame.TRACEPARENT_FIELD_NUMBER, traceparent(message))
                + Fields.sizeOf(Frame.TRACESTATE_FIELD_NUMBER, tracestate(message));
    }

    private void writeBody(I message, ByteBuf body) {
        body.writeBytes(envelope);
        Fields.writeLength(Frame.PAYLOAD_FIELD_NUMBER, payloadLength(message), body);
        writePayload(message, body);
        Fields.write(Frame.REQUEST_ID_FIELD_NUMBER, offer(message).correlationId(), body);
        Fields.write(Frame.TRACEPARENT_FIELD_NUMBER, traceparent(message), body);
        Fields.write(Frame.TRACESTATE_FIELD_NUMBER, tracestate(message), body);
    }
}
