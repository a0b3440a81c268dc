package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Judges streams of one frame as the reference implementation does: the same offer, or the same error in the same words.
 * {@code docs/wire-differences.md} lists where it does not, and so does {@link #isByDesign}.
 *
 * <p>The random streams come from a seed, which is printed; {@code -Dhandoff.test.seed} runs them again.
 */
class ReferenceCodecIT {

    private static final int RANDOM_STREAMS = 20_000;
    private static final int DIFFERENCES_SHOWN = 20;

    /** What stands behind these is the decoder's own explanation. */
    private static final List<String> DECODER_ERRORS =
            List.of("frame failed to decode HandoffOffer Frame: ", "payload failed to decode HandoffOffer payload: ");

    private static final String END_BETWEEN_FRAMES = "end between frames";

    @TempDir
    private Path folder;

    @Test
    void shouldJudgeTheGoldenCasesAsTheReferenceDoes() throws Exception {
        List<byte[]> streams = new ArrayList<>();
        try (Stream<WireVector> vectors = WireVector.all()) {
            vectors.forEach(vector -> streams.addAll(frameByFrame(vector.send())));
        }
        compare(streams);
    }

    @Test
    void shouldJudgeRandomStreamsAsTheReferenceDoes() throws Exception {
        long seed = Objects.requireNonNullElseGet(
                Long.getLong("handoff.test.seed"),
                () -> RandomGenerator.getDefault().nextLong());
        System.out.println("-Dhandoff.test.seed=" + seed);
        RandomStreams random = new RandomStreams(seed);
        List<byte[]> streams =
                Stream.generate(random::next).limit(RANDOM_STREAMS).toList();

        Map<String, Integer> verdicts = compare(streams);

        System.out.println(verdicts);
        assertThat(verdicts.keySet()).as("kinds of verdicts reached").contains("offer", "framing", "frame", "payload");
        assertThat(verdicts.get("offer")).as("streams with an offer").isGreaterThan(RANDOM_STREAMS / 5);
    }

    /** Returns how often the reference came to each kind of verdict. */
    private Map<String, Integer> compare(List<byte[]> streams) throws IOException, InterruptedException {
        List<String> reference = referenceVerdicts(streams);
        assertThat(reference).hasSameSizeAs(streams);
        Map<String, Integer> kinds = new TreeMap<>();
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < streams.size(); i++) {
            String expected = withoutExplanation(reference.get(i));
            String actual = withoutExplanation(verdict(streams.get(i)));
            if (!actual.equals(expected) && !isByDesign(expected, actual)) {
                differences.add(HexFormat.of().formatHex(streams.get(i)) + "\n  reference: " + reference.get(i)
                        + "\n  we:        " + actual);
            }
            kinds.merge(expected.substring(0, expected.indexOf(' ')), 1, Integer::sum);
        }
        assertThat(differences.subList(0, Math.min(DIFFERENCES_SHOWN, differences.size())))
                .as("%d of %d streams are judged differently", differences.size(), streams.size())
                .isEmpty();
        return kinds;
    }

    /** The reference is asked for an offer, so that even the end before any byte is one too early. */
    private static boolean isByDesign(String reference, String ours) {
        return ours.equals(END_BETWEEN_FRAMES)
                && reference.equals("framing unexpected EOF while reading frame (framing byte)");
    }

    private static String withoutExplanation(String verdict) {
        return DECODER_ERRORS.stream().filter(verdict::startsWith).findFirst().orElse(verdict);
    }

    private List<String> referenceVerdicts(List<byte[]> streams) throws IOException, InterruptedException {
        Path cases = folder.resolve("cases");
        Path verdicts = folder.resolve("verdicts");
        Files.write(cases, streams.stream().map(HexFormat.of()::formatHex).toList());
        Process codec = new ProcessBuilder(referencePeer(), "codec")
                .redirectInput(cases.toFile())
                .redirectOutput(verdicts.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(codec.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            codec.destroyForcibly();
        }
        assertThat(codec.exitValue()).isZero();
        return Files.readAllLines(verdicts);
    }

    private static String referencePeer() {
        String path = Objects.requireNonNull(System.getProperty("handoff.reference.peer"), "handoff.reference.peer");
        return new File(path).getAbsolutePath();
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
        if (!backend.acceptances.isEmpty()) {
            return verdictOn(backend.acceptances.get(0).offer());
        }
        return backend.errors.isEmpty() ? END_BETWEEN_FRAMES : verdictOn(backend.errors.get(0));
    }

    private static String verdictOn(Offer offer) {
        return String.join(
                " ",
                "offer",
                hex(offer.token()),
                hex(offer.serviceName().getBytes(StandardCharsets.UTF_8)),
                Long.toUnsignedString(offer.correlationId()));
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
