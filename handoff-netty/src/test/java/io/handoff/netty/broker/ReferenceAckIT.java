package io.handoff.netty.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.RandomStreams;
import io.handoff.netty.ReferenceCodec;
import io.handoff.netty.ReferenceVersion;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.Offer;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Judges what comes back for an offer as the reference's broker does: accepted, rejected with the same text, or no answer
 * to this offer for the same reason, in the same words. {@code docs/wire-differences.md} lists where it does not, and so
 * does {@link #byDesign}.
 */
@ParameterizedClass
@MethodSource("io.handoff.netty.ReferenceVersion#all")
class ReferenceAckIT {

    private static final int RANDOM_ACKS = 20_000;

    private static final String END_BETWEEN_FRAMES = "end between frames";
    private static final String NOT_OBSERVED = "backend handoff ACK was not observed: ";

    /** How the reference begins what it says, and what kind of verdict that is. */
    private static final Map<String, String> KINDS = Map.of(
            "accepted",
            "accepted",
            NOT_OBSERVED + "backend refused the handoff: ",
            "rejected",
            NOT_OBSERVED + "failed to read HandoffAck frame: ",
            "framing",
            NOT_OBSERVED + "failed to decode HandoffAck Frame: ",
            "frame",
            NOT_OBSERVED + "failed to decode HandoffAck payload: ",
            "payload",
            NOT_OBSERVED + "unexpected HandoffAck frame: ",
            "unexpected",
            NOT_OBSERVED + "HandoffAck frame request_id ",
            "correlation",
            NOT_OBSERVED + "HandoffAck correlation id ",
            "correlation",
            NOT_OBSERVED + "HandoffAck token echo ",
            "echo");

    private final ReferenceVersion reference;

    @TempDir
    private Path folder;

    ReferenceAckIT(ReferenceVersion reference) {
        this.reference = reference;
    }

    /** An offer, and the hex of what comes back. */
    private record Exchange(Offer offer, String stream) {}

    @Test
    void shouldJudgeRandomAcksAsTheReferenceDoes() throws Exception {
        long seed = ReferenceCodec.seed();
        RandomStreams streams = new RandomStreams(seed);
        Random ids = new Random(seed);
        List<Exchange> exchanges = new ArrayList<>();
        for (int i = 0; i < RANDOM_ACKS; i++) {
            Offer offer = Offer.of(HandoffToken.random(), "reference", ids.nextBoolean() ? ids.nextLong() : i);
            byte[] stream = streams.nextAck(offer.token(), offer.correlationId());
            exchanges.add(new Exchange(offer, HexFormat.of().formatHex(stream)));
        }

        List<String> cases = exchanges.stream().map(ReferenceAckIT::line).toList();
        List<String> ours = exchanges.stream().map(ReferenceAckIT::verdict).toList();
        List<String> theirs = new ArrayList<>();
        for (String said : ReferenceCodec.verdicts(reference, folder, cases, "--acks")) {
            theirs.add(byDesign(verdict(said), ours.get(theirs.size())));
        }

        ReferenceCodec.assertSameVerdicts(cases, theirs, ours);
        Map<String, Integer> kinds =
                ours.stream().collect(Collectors.toMap(ReferenceAckIT::kind, verdict -> 1, Integer::sum, TreeMap::new));
        System.out.println(kinds);
        assertThat(kinds)
                .as("kinds of verdicts reached")
                .containsOnlyKeys(
                        "accepted",
                        "rejected",
                        END_BETWEEN_FRAMES,
                        "framing",
                        "frame",
                        "payload",
                        "echo",
                        "correlation HandoffAck frame request_id",
                        "correlation HandoffAck correlation id",
                        "unexpected HandoffAck frame: envelope_version is not v1",
                        "unexpected HandoffAck frame: kind is not RESPONSE",
                        "unexpected HandoffAck frame: payload_protocol is not handoff",
                        "unexpected HandoffAck frame: payload is compressed");
        assertThat(kinds.getOrDefault("accepted", 0) + kinds.getOrDefault("rejected", 0))
                .as("answers to the offer")
                .isGreaterThan(RANDOM_ACKS / 5);
    }

    private static String line(Exchange exchange) {
        return String.join(
                " ",
                exchange.offer().token().toHex(),
                Long.toUnsignedString(exchange.offer().correlationId()),
                exchange.stream().isEmpty() ? "-" : exchange.stream());
    }

    /** What the reference has said, in the form of ours. */
    private static String verdict(String said) {
        String start = KINDS.keySet().stream()
                .filter(said::startsWith)
                .findFirst()
                .orElseThrow(() -> new AssertionError("the reference said: " + said));
        String kind = KINDS.getOrDefault(start, "");
        return switch (kind) {
            case "accepted" -> kind;
            case "rejected", "framing" -> kind + " " + said.substring(start.length());
            // The decoder's own explanation follows.
            case "frame", "payload" -> kind + " " + start.substring(NOT_OBSERVED.length());
            default -> kind + " " + said.substring(NOT_OBSERVED.length());
        };
    }

    private static String byDesign(String reference, String ours) {
        boolean isEnd = ours.equals(END_BETWEEN_FRAMES)
                && reference.equals("framing unexpected EOF while reading frame (framing byte)");
        boolean isBlank = ours.equals("rejected no detail provided")
                && reference.startsWith("rejected ")
                && reference.substring("rejected ".length()).isBlank();
        return isEnd || isBlank ? ours : reference;
    }

    private static String kind(String verdict) {
        return switch (verdict.substring(0, (verdict + " ").indexOf(' '))) {
            case "end" -> verdict;
            case "unexpected" -> verdict.substring("unexpected ".length());
            case "correlation" -> verdict.replaceAll(" \\d.*", "");
            default -> verdict.substring(0, (verdict + " ").indexOf(' '));
        };
    }

    /** The first thing that comes of the stream. */
    private static String verdict(Exchange exchange) {
        List<String> verdicts = new ArrayList<>();
        EmbeddedChannel channel = new EmbeddedChannel();
        HandoffBrokerPipeline.add(channel.pipeline(), exchange.offer()).addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object answer) {
                verdicts.add(verdictOn((HandoffAnswer) answer));
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                verdicts.add(verdictOn(cause));
            }
        });
        channel.writeInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(exchange.stream())));
        assertThat(channel.finish()).isFalse();
        return verdicts.isEmpty() ? END_BETWEEN_FRAMES : verdicts.get(0);
    }

    private static String verdictOn(HandoffAnswer answer) {
        return answer instanceof HandoffAnswer.Rejected rejected
                ? "rejected " + rejected.rejection().detail()
                : "accepted";
    }

    private static String verdictOn(Throwable error) {
        if (!(error instanceof HandoffWireException wireError)) {
            return error.toString();
        }
        return switch (wireError.kind()) {
            case UNSUPPORTED_FRAMING_VERSION, FRAME_TOO_LARGE, UNEXPECTED_EOF -> "framing " + wireError.getMessage();
            case UNDECODABLE_FRAME -> "frame failed to decode HandoffAck Frame: ";
            case UNDECODABLE_PAYLOAD -> "payload failed to decode HandoffAck payload: ";
            case CORRELATION -> "correlation " + wireError.getMessage();
            case TOKEN_ECHO -> "echo " + wireError.getMessage();
            default -> "unexpected " + wireError.getMessage();
        };
    }
}
