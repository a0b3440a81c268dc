package io.handoff.benchmarks.load;

import com.google.protobuf.InvalidProtocolBufferException;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffAckEncoder;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffOfferEncoder;
import io.handoff.netty.wire.Offer;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.unix.FileDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The offer of each slot and the ACK that accepts it, as they stand on the wire: encoded once, by the library, and side by
 * side, so that the offers of neighbouring slots leave with one write.
 */
final class SlotFrames {

    /** Version and length, which every frame starts with (WIRE §3). */
    static final int HEADER_LENGTH = 5;

    static final String SERVICE = "chat-gateway";

    private final List<HandoffToken> tokens;
    private final ByteBuffer offers;
    private final ByteBuffer acks;
    private final int offerLength;
    private final int ackLength;
    private final int comparedLength;

    SlotFrames(LoadPlan plan) {
        int slots = plan.slots();
        tokens = IntStream.range(0, slots).mapToObj(tokensOf(plan.mode())).toList();
        offers = encode(slots, this::offer);
        acks = encode(slots, slot -> new HandoffAnswer.Accepted(offer(slot)));
        offerLength = offers.capacity() / slots;
        ackLength = acks.capacity() / slots;
        comparedLength = plan.anyEcho() ? HEADER_LENGTH : ackLength;
    }

    /**
     * A token that comes with a descriptor is nobody's before: a new one, as that of a run before may be pending still, until
     * the backend has seen its connection close.
     */
    private static IntFunction<HandoffToken> tokensOf(LoadMode mode) {
        return mode == LoadMode.DESCRIPTOR ? slot -> HandoffToken.random() : LoadTokens::of;
    }

    private Offer offer(int slot) {
        return Offer.of(token(slot), SERVICE, LoadTokens.correlationId(slot));
    }

    HandoffToken token(int slot) {
        return tokens.get(slot);
    }

    private static ByteBuffer encode(int slots, IntFunction<Object> message) {
        EmbeddedChannel encoders = new EmbeddedChannel(HandoffOfferEncoder.INSTANCE, HandoffAckEncoder.INSTANCE);
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int slot = 0; slot < slots; slot++) {
            encoders.writeOutbound(message.apply(slot));
            ByteBuf frame = Objects.requireNonNull(encoders.readOutbound(), "nothing was encoded");
            frames.writeBytes(ByteBufUtil.getBytes(frame));
            frame.release();
        }
        encoders.finish();
        return ByteBuffer.allocateDirect(frames.size())
                .put(frames.toByteArray())
                .flip();
    }

    /** The length of every offer. */
    int offerLength() {
        return offerLength;
    }

    /** The length of every accepting ACK. */
    int ackLength() {
        return ackLength;
    }

    /**
     * Writes as much as the socket takes of the bytes of all offers, which stand in the order of their slots.
     *
     * @return how many bytes it took
     */
    int writeOffers(FileDescriptor socket, int from, int limit) throws IOException {
        return socket.write(offers, from, limit);
    }

    /** Writes one offer to a socket that has room for it. */
    void writeOffer(FileDescriptor socket, int slot) throws IOException {
        int start = slot * offerLength;
        int written = writeOffers(socket, start, start + offerLength);
        if (written != offerLength) {
            throw new IOException("wrote " + written + " of the " + offerLength + " bytes of an offer");
        }
    }

    /**
     * Compares a frame with the ACK that accepts the offer of a slot.
     *
     * @return what came instead, null if it is that ACK
     */
    @Nullable
    String differenceFromAck(int slot, ByteBuffer frame) {
        boolean isExpected = frame.remaining() == ackLength
                && frame.slice(frame.position(), comparedLength).equals(acks.slice(slot * ackLength, comparedLength));
        return isExpected ? null : describe(slot, frame.slice(HEADER_LENGTH + frame.position(), bodyLength(frame)));
    }

    private static int bodyLength(ByteBuffer frame) {
        return frame.remaining() - HEADER_LENGTH;
    }

    private static String describe(int slot, ByteBuffer body) {
        try {
            Frame frame = Frame.parseFrom(body);
            if (frame.getKind() != FrameKind.FRAME_KIND_RESPONSE) {
                return "frame that is no response";
            }
            HandoffAck ack = HandoffAck.parseFrom(frame.getPayload());
            if (ack.getCorrelationId() != LoadTokens.correlationId(slot)) {
                return "ACK of another offer";
            }
            return ack.getAccepted()
                    ? "accepting ACK with other bytes than expected"
                    : "rejected: " + ack.getErrorDetail();
        } catch (InvalidProtocolBufferException e) {
            return "frame that is no ACK: " + e.getMessage();
        }
    }
}
