package io.handoff.netty.answer;

import com.google.protobuf.ByteString;
import io.handoff.netty.Frames;
import io.handoff.netty.FuzzInput;
import io.handoff.netty.RandomStreams;
import io.handoff.netty.WireBytes;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.proto.v1.Frame;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One connection as a fuzzer wants it: the settings of a backend, then what its peer sends, in which pieces, and when. The
 * first byte has the settings; each further one names a thing to do, and those behind it say how.
 */
public final class PipelineScript {

    public static final List<HandoffToken> TOKENS = List.of(
            HandoffToken.ofHex("000102030405060708090a0b0c0d0e0f"),
            HandoffToken.ofHex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
            HandoffToken.ofHex("00000000000000000000000000000000"),
            HandoffToken.ofHex("ffffffffffffffffffffffffffffffff"));

    /** The last token is never pending. */
    public static final List<HandoffToken> PENDING = TOKENS.subList(0, 3);

    static final String NOT_ADMITTED = "no odd numbers here";

    private static final int SMALL_FRAMES = 64;
    private static final int MOST_STEPS = 256;
    private static final int MOST_BYTES = 1 << 16;
    private static final int PAUSE_MILLIS = 40;

    /** What the peer does next. */
    sealed interface Step {}

    /** It sends bytes, which arrive together. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Arrives(byte[] bytes) implements Step {}

    /** It does nothing for a while. */
    record Passes(int millis) implements Step {}

    /** It shuts its writing side. */
    record Ends() implements Step {}

    private final boolean oneTokenExpected;
    private final boolean choosy;
    private final int maxFrameLength;
    private final List<Step> steps = new ArrayList<>();
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private int sent;

    PipelineScript(FuzzInput in) {
        int settings = in.next();
        oneTokenExpected = (settings & 1) != 0;
        choosy = (settings & 2) != 0;
        maxFrameLength = (settings & 4) != 0 ? SMALL_FRAMES : HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH;
        while (!in.isEmpty() && steps.size() < MOST_STEPS && sent < MOST_BYTES) {
            add(in);
        }
        cut();
    }

    private void add(FuzzInput in) {
        switch (in.next(10)) {
            case 0 -> send(Frames.offer(token(in), in.next()));
            case 1 -> send(in.bytes(in.next()));
            case 2 -> send(Frames.framed(in.bytes(in.next())));
            case 3 -> send(offerWithOneFieldMore(in));
            case 4 -> send(damagedOffer(in));
            case 5 -> send(WireBytes.header(in.next(3), in.number()));
            case 6 -> send(new RandomStreams(in.next() << 8 | in.next()).next());
            case 7 -> cut();
            case 8 -> step(new Passes(in.next() * PAUSE_MILLIS));
            default -> step(new Ends());
        }
    }

    private static HandoffToken token(FuzzInput in) {
        return TOKENS.get(in.next(TOKENS.size()));
    }

    private static byte[] offerWithOneFieldMore(FuzzInput in) {
        Frame frame = Frames.offerFrame(token(in), in.next()).build();
        boolean inPayload = in.next(2) == 0;
        byte[] field = WireBytes.field(in.next(12), in.next(6), in.bytes(in.next(32)));
        ByteString payload = frame.getPayload().concat(ByteString.copyFrom(field));
        return Frames.framed(
                inPayload
                        ? frame.toBuilder().setPayload(payload).build().toByteArray()
                        : Frames.concat(frame.toByteArray(), field));
    }

    private static byte[] damagedOffer(FuzzInput in) {
        byte[] offer = Frames.offer(token(in), in.next());
        offer[in.next(offer.length)] ^= (byte) in.next();
        return offer;
    }

    private void send(byte[] bytes) {
        sent += bytes.length;
        piece.writeBytes(bytes);
    }

    private void cut() {
        if (piece.size() > 0) {
            steps.add(new Arrives(piece.toByteArray()));
            piece.reset();
        }
    }

    private void step(Step step) {
        cut();
        steps.add(step);
    }

    List<Step> steps() {
        return steps;
    }

    /** The same, but what is sent without a pause arrives together. */
    List<Step> stepsWithoutCuts() {
        List<Step> joined = new ArrayList<>();
        for (Step step : steps) {
            Step last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (step instanceof Arrives more && last instanceof Arrives before) {
                joined.set(joined.size() - 1, new Arrives(Frames.concat(before.bytes(), more.bytes())));
            } else {
                joined.add(step);
            }
        }
        return joined;
    }

    int maxFrameLength() {
        return maxFrameLength;
    }

    /** The token that every offer has to present; empty if any that is pending will do. */
    Optional<HandoffToken> expectedToken() {
        return oneTokenExpected ? Optional.of(TOKENS.get(0)) : Optional.empty();
    }

    boolean admits(long correlationId) {
        return !choosy || correlationId % 2 == 0;
    }
}
