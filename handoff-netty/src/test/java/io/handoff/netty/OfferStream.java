package io.handoff.netty;

import com.google.protobuf.InvalidProtocolBufferException;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffOffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the offers in a stream of frames without the code under test: a frame at a time, as protobuf-java has it. That
 * lets more pass than a backend does, so there are at most these offers to be answered, and in this order.
 */
public final class OfferStream {

    private static final int HEADER_BYTES = 5;

    private final int maxFrameLength;
    private byte[] rest = {};
    private boolean isBroken;

    public OfferStream(int maxFrameLength) {
        this.maxFrameLength = maxFrameLength;
    }

    /** Takes the next bytes of the stream, and returns the offers that end in them. */
    public List<HandoffOffer> receive(byte[] bytes) {
        rest = Frames.concat(rest, bytes);
        List<HandoffOffer> offers = new ArrayList<>();
        for (byte[] body = nextBody(); body != null; body = nextBody()) {
            HandoffOffer offer = offerIn(body);
            if (offer == null) {
                isBroken = true;
            } else {
                offers.add(offer);
            }
        }
        return offers;
    }

    /** Whether something has come that every backend has to close the connection for. */
    public boolean isBroken() {
        return isBroken;
    }

    private byte @Nullable [] nextBody() {
        if (isBroken || rest.length == 0) {
            return null;
        }
        isBroken = rest[0] != 1;
        if (isBroken || rest.length < HEADER_BYTES) {
            return null;
        }
        long length = Integer.toUnsignedLong(
                ByteBuffer.wrap(rest).order(ByteOrder.LITTLE_ENDIAN).getInt(1));
        isBroken = length > maxFrameLength;
        if (isBroken || rest.length < HEADER_BYTES + length) {
            return null;
        }
        int end = HEADER_BYTES + (int) length;
        byte[] body = Arrays.copyOfRange(rest, HEADER_BYTES, end);
        rest = Arrays.copyOfRange(rest, end, rest.length);
        return body;
    }

    private static @Nullable HandoffOffer offerIn(byte[] body) {
        try {
            Frame frame = Frame.parseFrom(body);
            boolean isOffer = frame.getEnvelopeVersion() == 1
                    && frame.getKindValue() == 0
                    && frame.getPayloadProtocol() == 0xD0FF
                    && frame.getPayloadEncodingValue() == 0;
            HandoffOffer offer = isOffer ? HandoffOffer.parseFrom(frame.getPayload()) : null;
            return offer != null && offer.getCorrelationId() == frame.getRequestId() ? offer : null;
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }
}
