package io.handoff.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.handoff.netty.Frames;
import io.handoff.netty.RandomStreams;
import io.handoff.netty.ReferenceCodec;
import io.handoff.netty.ReferenceVersion;
import io.handoff.netty.answer.BackendChannel;
import io.handoff.netty.answer.WireVector;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffOffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Judges streams of one frame as the reference implementation does: the same offer with the same answer to its token, or
 * the same error in the same words. {@code docs/wire-differences.md} lists where it does not, and so does
 * {@link #byDesign}.
 */
@ParameterizedClass
@MethodSource("io.handoff.netty.ReferenceVersion#all")
class ReferenceCodecIT {

    private static final int RANDOM_STREAMS = 20_000;

    /** More than twice as long as a token. */
    private static final int LONGEST_TOKEN = 40;

    /** What stands behind these is the decoder's own explanation. */
    private static final List<String> DECODER_ERRORS =
            List.of("frame failed to decode HandoffOffer Frame: ", "payload failed to decode HandoffOffer payload: ");

    private static final String END_BETWEEN_FRAMES = "end between frames";

    private final ReferenceVersion reference;

    @TempDir
    private Path folder;

    ReferenceCodecIT(ReferenceVersion reference) {
        this.reference = reference;
    }

    @Test
    void shouldJudgeTheGoldenCasesAsTheReferenceDoes() throws Exception {
        List<byte[]> streams = new ArrayList<>();
        try (Stream<WireVector> vectors = WireVector.all()) {
            vectors.forEach(vector -> streams.addAll(frameByFrame(vector.send())));
        }
        compare(streams);
    }

    @Test
    void shouldAnswerATokenOfEachLengthAsTheReferenceDoes() throws Exception {
        compare(IntStream.rangeClosed(0, LONGEST_TOKEN)
                .mapToObj(Frames::offerWithToken)
                .toList());
    }

    @Test
    void shouldJudgeRandomStreamsAsTheReferenceDoes() throws Exception {
        RandomStreams random = new RandomStreams(ReferenceCodec.seed());
        List<byte[]> streams =
                Stream.generate(random::next).limit(RANDOM_STREAMS).toList();

        Map<String, Integer> verdicts = compare(streams);

        System.out.println(verdicts);
        assertThat(verdicts)
                .as("kinds of verdicts reached")
                .containsOnlyKeys(
                        "offer",
                        "framing",
                        "frame",
                        "payload",
                        "unexpected HandoffOffer frame: envelope_version is not v1",
                        "unexpected HandoffOffer frame: kind is not REQUEST",
                        "unexpected HandoffOffer frame: payload_protocol is not handoff",
                        "unexpected HandoffOffer frame: payload is compressed",
                        "unexpected HandoffOffer frame: frame request_id does not match HandoffOffer correlation_id");
        assertThat(verdicts.get("offer")).as("streams with an offer").isGreaterThan(RANDOM_STREAMS / 5);
    }

    /** Returns how often the reference came to each kind of verdict. */
    private Map<String, Integer> compare(List<byte[]> streams) throws IOException, InterruptedException {
        List<String> cases = streams.stream().map(ReferenceCodecIT::hex).toList();
        List<String> ours = streams.stream().map(ReferenceCodecIT::verdict).toList();
        List<String> theirs = ReferenceCodec.verdicts(reference, folder, cases);
        ReferenceCodec.assertSameVerdicts(
                cases,
                IntStream.range(0, ours.size())
                        .mapToObj(i -> byDesign(withoutExplanation(theirs.get(i)), ours.get(i)))
                        .toList(),
                ours.stream().map(ReferenceCodecIT::withoutExplanation).toList());
        return theirs.stream()
                .collect(Collectors.toMap(ReferenceCodecIT::kind, verdict -> 1, Integer::sum, TreeMap::new));
    }

    /** The reference is asked for an offer, so that even the end before any byte is one too early. */
    private static String byDesign(String reference, String ours) {
        return ours.equals(END_BETWEEN_FRAMES)
                        && reference.equals("framing unexpected EOF while reading frame (framing byte)")
                ? ours
                : reference;
    }

    private static String kind(String verdict) {
        String kind = verdict.substring(0, verdict.indexOf(' '));
        return kind.equals("unexpected") ? verdict.substring(kind.length() + 1) : kind;
    }

    private static String withoutExplanation(String verdict) {
        return DECODER_ERRORS.stream().filter(verdict::startsWith).findFirst().orElse(verdict);
    }

    /** The first thing that comes of the stream: what is behind the first frame is not the reference's concern. */
    private static String verdict(byte[] stream) {
        BackendChannel backend = BackendChannel.readingAnySize();
        if (stream.length > 0) {
            backend.receive(stream, stream.length);
        }
        backend.receiveEof();
        assertThat(backend.channel.isOpen()).isFalse();
        backend.sent();
        backend.finish();
        if (!backend.answers.isEmpty()) {
            return verdictOn(backend.answers.get(0), stream);
        }
        return backend.errors.isEmpty() ? END_BETWEEN_FRAMES : verdictOn(backend.errors.get(0));
    }

    private static String verdictOn(HandoffAnswer answer, byte[] stream) {
        Offer offer = answer.offer();
        Function<String, String> text = it -> hex(it.getBytes(StandardCharsets.UTF_8));
        return String.join(
                " ",
                "offer",
                handleValue(stream),
                hex(offer.tokenBytes()),
                text.apply(offer.serviceName()),
                Long.toUnsignedString(offer.correlationId()),
                text.apply(offer.traceparent()),
                text.apply(offer.tracestate()),
                answer instanceof HandoffAnswer.Rejected rejected
                        ? rejected.rejection().detail()
                        : "accepted");
    }

    /** Which the library leaves alone: the schema has it. */
    private static String handleValue(byte[] stream) {
        try {
            Frame frame = Frame.parseFrom(ByteBuffer.wrap(stream)
                    .position(HandoffFrameDecoder.HEADER_LENGTH)
                    .limit(HandoffFrameDecoder.HEADER_LENGTH
                            + ByteBuffer.wrap(stream)
                                    .order(ByteOrder.LITTLE_ENDIAN)
                                    .getInt(1)));
            return Long.toUnsignedString(
                    HandoffOffer.parseFrom(frame.getPayload()).getHandleValue());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("an offer was found in it", e);
        }
    }

    private static String hex(byte[] bytes) {
        return bytes.length == 0 ? "-" : HexFormat.of().formatHex(bytes);
    }

    private static String verdictOn(Throwable error) {
        if (!(error instanceof HandoffWireException wireError)) {
            return error.toString();
        }
        String kind = switch (wireError.kind()) {
            case UNSUPPORTED_FRAMING_VERSION, FRAME_TOO_LARGE, UNEXPECTED_EOF -> "framing";
            case UNDECODABLE_FRAME -> "frame";
            case UNDECODABLE_PAYLOAD -> "payload";
            default -> "unexpected";
        };
        return kind + " " + wireError.getMessage();
    }

    /** Each stands alone on the stream of a case, for the reference reads one. */
    private static List<byte[]> frameByFrame(byte[] stream) {
        List<byte[]> frames = new ArrayList<>();
        int start = 0;
        while (stream.length - start >= HandoffFrameDecoder.HEADER_LENGTH) {
            long length = Integer.toUnsignedLong(ByteBuffer.wrap(stream)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getInt(start + 1))
                    + HandoffFrameDecoder.HEADER_LENGTH;
            if (length > stream.length - start) {
                break;
            }
            frames.add(Arrays.copyOfRange(stream, start, start + (int) length));
            start += (int) length;
        }
        if (start < stream.length || frames.isEmpty()) {
            frames.add(Arrays.copyOfRange(stream, start, stream.length));
        }
        return frames;
    }
}
