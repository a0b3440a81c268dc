package io.handoff.netty.wire;

import com.google.protobuf.CodedOutputStream;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Writes one kind of handoff frame (WIRE §3–4): header, envelope and payload, fields in ascending order, defaults left
 * out. Frames are composed in an array of exactly their size first: many small writes into a direct buffer are dear.
 */
abstract class HandoffFrameEncoder<I> extends MessageToMessageEncoder<I> {

    /** The fields that are the same in each frame of this kind; the others come after them. */
    private final byte[] envelope;

    HandoffFrameEncoder(Class<? extends I> type, FrameKind kind) {
        super(type);
        envelope = envelope(kind);
    }

    private static byte[] envelope(FrameKind kind) {
        ByteArrayOutputStream envelope = new ByteArrayOutputStream();
        try {
            CodedOutputStream fields = CodedOutputStream.newInstance(envelope);
            Fields.write(Frame.ENVELOPE_VERSION_FIELD_NUMBER, Envelope.VERSION, fields);
            Fields.write(Frame.KIND_FIELD_NUMBER, kind.getNumber(), fields);
            Fields.write(Frame.PAYLOAD_PROTOCOL_FIELD_NUMBER, Envelope.PAYLOAD_PROTOCOL, fields);
            fields.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("an array refused bytes", e);
        }
        return envelope.toByteArray();
    }

    /** The offer that the message is, or is about: its correlation id is the frame's request id. */
    abstract Offer offer(I message);

    abstract int payloadLength(I message);

    abstract void writePayload(I message, CodedOutputStream out) throws IOException;

    String traceparent(I message) {
        return "";
    }

    String tracestate(I message) {
        return "";
    }

    /**
     * Encodes outside of any pipeline. Not API.
     *
     * @param message what to encode
     * @return the frame
     * @throws HandoffWireException if the frame would be longer than the protocol allows
     */
    public final byte[] toBytes(I message) {
        // Each character takes a byte at least; so no sum below can overflow.
        long atLeast = offer(message).carriedBytes()
                + offer(message).serviceName().length()
                + traceparent(message).length()
                + tracestate(message).length();
        long length =
                atLeast > HandoffFrameDecoder.MAX_FRAME_LENGTH ? atLeast : bodyLength(message, payloadLength(message));
        if (length > HandoffFrameDecoder.MAX_FRAME_LENGTH) {
            throw WireErrors.frameTooLarge(length, HandoffFrameDecoder.MAX_FRAME_LENGTH);
        }
        return frames(List.of(message));
    }

    /**
     * Encodes outside of the pipeline. Not API.
     *
     * @param ctx whose allocator makes the buffer
     * @param message what to encode
     * @return the frame, which the caller releases
     */
    public final ByteBuf toFrame(ChannelHandlerContext ctx, I message) {
        return toFrames(ctx, List.of(message));
    }

    /** Encodes the frames one behind the other; the caller releases the buffer. */
    final ByteBuf toFrames(ChannelHandlerContext ctx, List<I> messages) {
        byte[] frames = frames(messages);
        return ctx.alloc().ioBuffer(frames.length).writeBytes(frames);
    }

    @Override
    protected final void encode(ChannelHandlerContext ctx, I message, List<Object> out) {
        out.add(toFrame(ctx, message));
    }

    private byte[] frames(List<I> messages) {
        int length = 0;
        for (I message : messages) {
            length += HandoffFrameDecoder.HEADER_LENGTH + bodyLength(message, payloadLength(message));
        }
        byte[] frames = new byte[length];
        CodedOutputStream out = CodedOutputStream.newInstance(frames);
        try {
            for (I message : messages) {
                writeFrame(message, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the fields of a frame are longer than they were said to be", e);
        }
        return frames;
    }

    private void writeFrame(I message, CodedOutputStream out) throws IOException {
        int payloadLength = payloadLength(message);
        out.write((byte) HandoffFrameDecoder.FRAMING_VERSION);
        out.writeFixed32NoTag(bodyLength(message, payloadLength));
        writeBody(message, payloadLength, out);
    }

    private int bodyLength(I message, int payloadLength) {
        return envelope.length
                + Fields.sizeOfBytes(Frame.PAYLOAD_FIELD_NUMBER, payloadLength)
                + Fields.sizeOf(Frame.REQUEST_ID_FIELD_NUMBER, offer(message).correlationId())
                + Fields.sizeOf(Frame.TRACEPARENT_FIELD_NUMBER, traceparent(message))
                + Fields.sizeOf(Frame.TRACESTATE_FIELD_NUMBER, tracestate(message));
    }

    private void writeBody(I message, int payloadLength, CodedOutputStream body) throws IOException {
        body.write(envelope, 0, envelope.length);
        Fields.writeLength(Frame.PAYLOAD_FIELD_NUMBER, payloadLength, body);
        writePayload(message, body);
        Fields.write(Frame.REQUEST_ID_FIELD_NUMBER, offer(message).correlationId(), body);
        Fields.write(Frame.TRACEPARENT_FIELD_NUMBER, traceparent(message), body);
        Fields.write(Frame.TRACESTATE_FIELD_NUMBER, tracestate(message), body);
    }
}
