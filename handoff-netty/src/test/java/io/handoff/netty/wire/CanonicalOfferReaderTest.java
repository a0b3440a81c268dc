package io.handoff.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.handoff.netty.Frames;
import io.handoff.netty.RandomStreams;
import io.handoff.netty.answer.BackendChannel;
import io.handoff.netty.token.HandoffToken;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffOffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The general way, parser and validator, is the judge: whatever the fast one makes of a body must be the same. */
class CanonicalOfferReaderTest {

    private static final HandoffToken TOKEN = HandoffToken.ofHex("00112233445566778899aabbccddeeff");
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /** With an explicit zero at its beginning each is canonical, too: so writes the reference since 4.10. */
    static Stream<Frame> canonicalFrames() {
        return shortestFrames()
                .flatMap(frame -> Stream.of(frame, withHandle(frame, 0)))
                .filter(frame -> frame.getPayload().size() <= 127);
    }

    private static Frame withHandle(Frame frame, int value) {
        ByteString handle = ByteString.copyFrom(new byte[] {0x08, (byte) value});
        return frame.toBuilder().setPayload(handle.concat(frame.getPayload())).build();
    }

    private static Stream<Frame> shortestFrames() {
        return Stream.of(
                frame(HandoffOffer.getDefaultInstance(), 1_000_003, "", ""),
                frame(service("chat"), 0, "", ""),
                frame(service("chat"), 1, "", ""),
                frame(service("c"), Long.MAX_VALUE, TRACEPARENT, "tr=1,other=2"),
                frame(service("chat"), 1_000_003, "", "tr=1"),
                frame(HandoffOffer.getDefaultInstance(), 0, "", ""),
                frame(service("s".repeat(127 - 18 - 2)), 0, "t".repeat(127), "s".repeat(127)));
    }

    static Stream<Frame> otherFrames() {
        return Stream.of(
                frame(service("s".repeat(128 - 18 - 2)), 0, "", ""),
                frame(service("\u00fc"), 1, "", ""),
                frame(service("chat"), -1, "", ""),
                frame(service("chat"), 1, "t".repeat(128), ""),
                frame(service("chat"), 1, "", "").toBuilder()
                        .setDeadlineUnixMs(5)
                        .build(),
                frame(service("chat"), 1, "", "").toBuilder().setKindValue(1).build(),
                frame(service("chat").toBuilder().setHandleValue(9).build(), 1, "", ""),
                withHandle(withHandle(frame(service("chat"), 1, "", ""), 0), 0));
    }

    private static HandoffOffer service(String name) {
        return HandoffOffer.newBuilder().setServiceName(name).build();
    }

    private static Frame frame(HandoffOffer offer, long correlationId, String traceparent, String tracestate) {
        HandoffOffer whole = offer.toBuilder()
                .setToken(ByteString.copyFrom(TOKEN.toBytes()))
                .setCorrelationId(correlationId)
                .build();
        return Frame.newBuilder()
                .setEnvelopeVersion(1)
                .setPayloadProtocol(0xD0FF)
                .setPayload(whole.toByteString())
                .setRequestId(correlationId)
                .setTraceparent(traceparent)
                .setTracestate(tracestate)
                .build();
    }

    @ParameterizedTest
    @MethodSource("canonicalFrames")
    void shouldReadTheCanonicalLayout(Frame frame) {
        assertThat(isReadFast(frame.toByteArray())).isTrue();
        assertSameVerdict(frame.toByteArray());
    }

    @ParameterizedTest
    @MethodSource("otherFrames")
    void shouldLeaveWhatIsUnusualToTheGeneralWay(Frame frame) {
        assertThat(isReadFast(frame.toByteArray())).isFalse();
        assertSameVerdict(frame.toByteArray());
    }

    /** Every bit flipped, every byte left out, doubled, or the last. */
    @ParameterizedTest
    @MethodSource({"canonicalFrames", "otherFrames"})
    void shouldAgreeWithTheGeneralWayOnEverySmallDamage(Frame frame) {
        byte[] body = frame.toByteArray();
        for (int at = 0; at < body.length; at++) {
            byte[] before = Arrays.copyOf(body, at);
            byte[] after = Arrays.copyOfRange(body, at + 1, body.length);
            assertSameVerdict(before);
            assertSameVerdict(Frames.concat(before, after));
            assertSameVerdict(Frames.concat(before, new byte[] {body[at], body[at]}, after));
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] flipped = body.clone();
                flipped[at] ^= (byte) (1 << bit);
                assertSameVerdict(flipped);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldAgreeWithTheGeneralWayOnRandomStreams(long seed) {
        RandomStreams streams = new RandomStreams(seed);
        int readFast = 0;
        int count = 5_000;
        for (int i = 0; i < count; i++) {
            byte[] stream = streams.next();
            assertSameVerdictOnStream(stream);
            readFast += isReadFast(Arrays.copyOfRange(stream, Math.min(5, stream.length), stream.length)) ? 1 : 0;
        }
        // Both ways have been gone.
        assertThat(readFast).isBetween(count / 250, count / 2);
    }

    @Test
    void shouldReadBodiesThatStandAnywhereInABuffer() {
        byte[] body = canonicalFrames().findFirst().orElseThrow().toByteArray();
        ByteBuf buffer = Unpooled.directBuffer().writeZero(3).writeBytes(body).writeZero(3);

        assertThat(new CanonicalOffer().read(buffer.slice(3, body.length))).isNotNull();
        assertThat(buffer.release()).isTrue();
    }

    @Test
    void shouldNotReadOnIntoWhatIsLeftOfTheBodyBefore() {
        CanonicalOffer canonical = new CanonicalOffer();
        byte[] body = canonicalFrames().findFirst().orElseThrow().toByteArray();

        for (int length = 0; length < body.length; length++) {
            assertThat(canonical.read(Unpooled.wrappedBuffer(body))).isNotNull();
            assertThat(canonical.read(Unpooled.wrappedBuffer(body, 0, length)))
                    .as("%d of %d bytes", length, body.length)
                    .isNull();
        }
    }

    @Test
    void shouldPassOnWhatIsNoBody() {
        EmbeddedChannel channel = new EmbeddedChannel(new CanonicalOfferReader());

        channel.writeInbound("something else");

        assertThat(channel.<Object>readInbound()).isEqualTo("something else");
        assertThat(channel.finish()).isFalse();
    }

    private static boolean isReadFast(byte[] body) {
        return new CanonicalOffer().read(Unpooled.wrappedBuffer(body)) != null;
    }

    private static void assertSameVerdict(byte[] body) {
        assertSameVerdictOnStream(Frames.framed(body));
    }

    private static void assertSameVerdictOnStream(byte[] stream) {
        BackendChannel general = BackendChannel.readingAnySize();
        general.channel.pipeline().remove(CanonicalOfferReader.class);
        assertThat(verdict(BackendChannel.readingAnySize(), stream))
                .as(() -> HexFormat.of().formatHex(stream))
                .isEqualTo(verdict(general, stream));
    }

    /** All that can be seen of what became of the offers on one connection. */
    private static List<String> verdict(BackendChannel backend, byte[] stream) {
        backend.registering(TOKEN);
        backend.receive(stream, Math.max(1, stream.length));
        backend.receiveEof();
        List<String> verdict = new ArrayList<>();
        for (HandoffAnswer answer : backend.answers) {
            verdict.add(describe(answer));
        }
        backend.errors.forEach(error -> verdict.add(error.toString()));
        verdict.add(HexFormat.of().formatHex(backend.sent()));
        backend.finish();
        return verdict;
    }

    private static String describe(HandoffAnswer answer) {
        Offer offer = answer.offer();
        return String.join(
                "|",
                answer.toString(),
                HexFormat.of().formatHex(offer.tokenBytes()),
                offer.serviceName(),
                Long.toUnsignedString(offer.correlationId()),
                offer.traceparent(),
                offer.tracestate());
    }
}
