package io.handoff.netty;

import com.google.protobuf.ByteString;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.testkit.HandoffFrames;
import java.io.ByteArrayOutputStream;

/** Frames of the test kit for the tokens of the library, as bytes. */
public final class Frames {

    private static final String SERVICE = "zccache";

    private Frames() {}

    public static byte[] offer(HandoffToken token, long correlationId) {
        return framed(offerFrame(token, correlationId).build());
    }

    public static Frame.Builder offerFrame(HandoffToken token, long correlationId) {
        return HandoffFrames.offer(token.toBytes(), SERVICE, correlationId).toBuilder();
    }

    /** An offer that is large by the name of its service: larger than an ordinary frame, smaller than a socket's buffer. */
    public static byte[] largeOffer(HandoffToken token, long correlationId) {
        String service = "x".repeat(HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH);
        return framed(HandoffFrames.offer(token.toBytes(), service, correlationId));
    }

    /** An offer whose token, all zeros, has another length than it should. */
    public static byte[] offerWithToken(int length) {
        return framed(HandoffFrames.offer(new byte[length], "", 3));
    }

    public static byte[] accepting(HandoffToken token, long correlationId) {
        return framed(HandoffFrames.accepting(offered(token, correlationId)));
    }

    public static byte[] rejecting(HandoffToken token, long correlationId, String detail) {
        return framed(HandoffFrames.rejecting(offered(token, correlationId), detail));
    }

    private static HandoffOffer offered(HandoffToken token, long correlationId) {
        return HandoffOffer.newBuilder()
                .setToken(ByteString.copyFrom(token.toBytes()))
                .setCorrelationId(correlationId)
                .build();
    }

    public static byte[] framed(Frame frame) {
        return HandoffFrames.encode(frame);
    }

    public static byte[] framed(byte[] body) {
        return HandoffFrames.encode(body);
    }

    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
