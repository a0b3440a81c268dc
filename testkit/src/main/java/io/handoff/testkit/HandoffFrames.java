package io.handoff.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.proto.v1.PayloadEncoding;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * The frames of a handoff, made and read with the generated messages and framed by hand: not by the encoders and decoders
 * that are tested. A frame that breaks a rule is one of these with a field set anew: {@code offer.toBuilder()}.
 */
public final class HandoffFrames {

    /** How long a token is. */
    public static final int TOKEN_BYTES = 16;

    private static final int HEADER_BYTES = 5;
    private static final int FRAMING_VERSION = 1;
    private static final int ENVELOPE_VERSION = 1;
    private static final int HANDOFF_PROTOCOL = 0xD0FF;
    private static final int MAX_BODY_BYTES = 16 << 20;
    private static final SecureRandom RANDOM = new SecureRandom();

    private HandoffFrames() {}

    /**
     * Makes a token.
     *
     * @return 16 random bytes
     */
    public static byte[] randomToken() {
        byte[] token = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(token);
        return token;
    }

    /**
     * Makes an offer in its envelope.
     *
     * @param token of any length
     * @param serviceName the service that the client wants
     * @param correlationId ties the answer to the offer; all its 64 bits count
     * @return a frame as a broker sends it
     */
    public static Frame offer(byte[] token, String serviceName, long correlationId) {
        return offer(HandoffOffer.newBuilder()
                .setToken(ByteString.copyFrom(token))
                .setServiceName(serviceName)
                .setCorrelationId(correlationId)
                .build());
    }

    /**
     * Puts an offer into its envelope.
     *
     * @param offer of any content
     * @return a frame as a broker sends it
     */
    public static Frame offer(HandoffOffer offer) {
        return envelope(FrameKind.FRAME_KIND_REQUEST, offer.toByteString(), offer.getCorrelationId());
    }

    /**
     * Accepts an offer.
     *
     * @param offer the offer
     * @return a frame as a backend sends it
     */
    public static Frame accepting(HandoffOffer offer) {
        return ack(answering(offer).setAccepted(true).build());
    }

    /**
     * Rejects an offer.
     *
     * @param offer the offer
     * @param detail why
     * @return a frame as a backend sends it
     */
    public static Frame rejecting(HandoffOffer offer, String detail) {
        return ack(answering(offer).setErrorDetail(detail).build());
    }

    /**
     * Puts an ACK into its envelope.
     *
     * @param ack of any content
     * @return a frame as a backend sends it
     */
    public static Frame ack(HandoffAck ack) {
        return envelope(FrameKind.FRAME_KIND_RESPONSE, ack.toByteString(), ack.getCorrelationId());
    }

    private static HandoffAck.Builder answering(HandoffOffer offer) {
        return HandoffAck.newBuilder().setToken(offer.getToken()).setCorrelationId(offer.getCorrelationId());
    }

    private static Frame envelope(FrameKind kind, ByteString payload, long requestId) {
        return Frame.newBuilder()
                .setEnvelopeVersion(ENVELOPE_VERSION)
                .setKind(kind)
                .setPayloadProtocol(HANDOFF_PROTOCOL)
                .setPayload(payload)
                .setRequestId(requestId)
                .build();
    }

    /**
     * Encodes a frame.
     *
     * @param frame the frame
     * @return its bytes on the stream, header included
     */
    public static byte[] encode(Frame frame) {
        return encode(frame.toByteArray());
    }

    /**
     * Puts a header in front of a body.
     *
     * @param body any bytes
     * @return the bytes on the stream
     */
    public static byte[] encode(byte[] body) {
        return ByteBuffer.allocate(HEADER_BYTES + body.length)
                .put(header(FRAMING_VERSION, body.length))
                .put(body)
                .array();
    }

    /**
     * Makes the header of a frame, whatever follows.
     *
     * @param framingVersion 1 where it is right; the lowest eight bits are sent
     * @param bodyLength how many bytes it announces; the lowest 32 bits are sent
     * @return five bytes
     */
    public static byte[] header(int framingVersion, long bodyLength) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) framingVersion)
                .putInt((int) bodyLength)
                .array();
    }

    /**
     * Decodes a stream of frames.
     *
     * @param stream whole frames, one behind the other
     * @return these frames
     * @throws AssertionError if it is anything else
     */
    public static List<Frame> decode(byte[] stream) {
        List<Frame> frames = new ArrayList<>();
        ByteArrayInputStream rest = new ByteArrayInputStream(stream);
        try {
            while (rest.available() > 0) {
                frames.add(read(rest));
            }
        } catch (IOException e) {
            throw new AssertionError("the stream ends inside a frame", e);
        }
        return frames;
    }

    /**
     * Reads the next frame of a stream.
     *
     * @param stream where a frame begins
     * @return the frame
     * @throws EOFException if the stream ends before the frame does
     * @throws IOException if it cannot be read
     * @throws AssertionError if it is no frame
     */
    public static Frame read(InputStream stream) throws IOException {
        return parse(readFully(stream, bodyLength(readFully(stream, HEADER_BYTES))));
    }

    private static byte[] readFully(InputStream stream, int length) throws IOException {
        byte[] bytes = stream.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the stream ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /** Receives the next frame of a connection. */
    static Frame receive(BlockingSocket socket) throws IOException {
        return parse(socket.receive(bodyLength(socket.receive(HEADER_BYTES))));
    }

    private static int bodyLength(byte[] header) {
        long length = Integer.toUnsignedLong(
                ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(1));
        if (header[0] != FRAMING_VERSION || length > MAX_BODY_BYTES) {
            throw new AssertionError("framing version " + header[0] + " and body length " + length + "; expected "
                    + FRAMING_VERSION + " and at most " + MAX_BODY_BYTES);
        }
        return (int) length;
    }

    private static Frame parse(byte[] body) {
        try {
            return Frame.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("the body of a frame is no Frame", e);
        }
    }

    /**
     * Takes an offer out of its envelope.
     *
     * @param frame the frame
     * @return the offer
     * @throws AssertionError if the envelope is not that of an offer, or has another request id
     */
    public static HandoffOffer offerIn(Frame frame) {
        try {
            HandoffOffer offer = HandoffOffer.parseFrom(frame.getPayload());
            checkEnvelope(frame, FrameKind.FRAME_KIND_REQUEST, offer.getCorrelationId());
            return offer;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("the payload of a frame is no HandoffOffer", e);
        }
    }

    /**
     * Takes an ACK out of its envelope.
     *
     * @param frame the frame
     * @return the ACK
     * @throws AssertionError if the envelope is not that of an ACK, or has another request id, or if the ACK neither accepts
     *     nor says why not
     */
    public static HandoffAck ackIn(Frame frame) {
        try {
            HandoffAck ack = HandoffAck.parseFrom(frame.getPayload());
            checkEnvelope(frame, FrameKind.FRAME_KIND_RESPONSE, ack.getCorrelationId());
            if (ack.getAccepted() != ack.getErrorDetail().isEmpty()) {
                throw new AssertionError(
                        "an ACK has accepted = " + ack.getAccepted() + " and error_detail = " + ack.getErrorDetail());
            }
            return ack;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("the payload of a frame is no HandoffAck", e);
        }
    }

    /**
     * Takes an ACK out of its envelope, which has to answer an offer.
     *
     * @param frame the frame
     * @param offer what it has to answer
     * @return the ACK
     * @throws AssertionError as {@link #ackIn(Frame)}, or if another token or correlation id has come back
     */
    public static HandoffAck ackIn(Frame frame, HandoffOffer offer) {
        HandoffAck ack = ackIn(frame);
        if (!ack.getToken().equals(offer.getToken())) {
            throw new AssertionError("an ACK came with another token than the offer's");
        }
        if (ack.getCorrelationId() != offer.getCorrelationId()) {
            throw new AssertionError("an ACK came with another correlation id than the offer's: "
                    + Long.toUnsignedString(ack.getCorrelationId()) + " for "
                    + Long.toUnsignedString(offer.getCorrelationId()));
        }
        return ack;
    }

    private static void checkEnvelope(Frame frame, FrameKind kind, long requestId) {
        boolean isRight = frame.getEnvelopeVersion() == ENVELOPE_VERSION
                && frame.getKind() == kind
                && frame.getPayloadProtocol() == HANDOFF_PROTOCOL
                && frame.getPayloadEncoding() == PayloadEncoding.PAYLOAD_ENCODING_NONE
                && frame.getRequestId() == requestId;
        if (!isRight) {
            throw new AssertionError("the envelope of a frame was\n"
                    + frame.toBuilder().clearPayload().build() + "expected\n"
                    + envelope(kind, ByteString.EMPTY, requestId));
        }
    }
}
