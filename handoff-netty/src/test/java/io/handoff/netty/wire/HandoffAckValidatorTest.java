package io.handoff.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.handoff.netty.broker.HandoffBrokerPipeline;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.proto.v1.PayloadEncoding;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The broker's checks of an ACK (WIRE §8), through the whole pipeline of a broker. */
class HandoffAckValidatorTest {

    private static final HandoffOffer OFFER = HandoffOffer.newBuilder()
            .setToken(ByteString.fromHex("000102030405060708090a0b0c0d0e0f"))
            .setServiceName("zccache")
            .setCorrelationId(7)
            .build();

    private static final HandoffAck ACK = HandoffAck.newBuilder()
            .setToken(OFFER.getToken())
            .setAccepted(true)
            .setCorrelationId(7)
            .build();

    private static final String GOLDEN_ACK =
            "01220000000801100118ffa10322160a10000102030405060708090a0b0c0d0e0f100120072807";

    @Test
    void shouldPassTheGoldenAckOnHoweverItIsSplit() {
        byte[] bytes = HexFormat.of().parseHex(GOLDEN_ACK);

        for (int split = 0; split <= bytes.length; split++) {
            EmbeddedChannel channel = broker(OFFER);
            channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, split));
            channel.writeInbound(Unpooled.copiedBuffer(bytes, split, bytes.length - split));

            assertAnswer(channel, ACK);
            assertThat(channel.finish()).isFalse();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("validAcks")
    void shouldPassAnAckThatAnswersTheOffer(String name, HandoffOffer offer, HandoffAck ack) {
        EmbeddedChannel channel = broker(offer);

        assertThat(channel.writeInbound(framed(frameOf(ack).build()))).isTrue();

        assertAnswer(channel, ack);
        assertThat(channel.finish()).isFalse();
    }

    static Stream<Arguments> validAcks() {
        return Stream.of(
                Arguments.of("accepting", OFFER, ACK),
                Arguments.of(
                        "rejecting",
                        OFFER,
                        ACK.toBuilder()
                                .setAccepted(false)
                                .setErrorDetail("handoff token expired")
                                .build()),
                Arguments.of(
                        "rejecting without a reason",
                        OFFER,
                        ACK.toBuilder().clearAccepted().build()),
                Arguments.of(
                        "correlation id zero",
                        OFFER.toBuilder().clearCorrelationId().build(),
                        ACK.toBuilder().clearCorrelationId().build()),
                Arguments.of(
                        "correlation id u64 max",
                        OFFER.toBuilder().setCorrelationId(-1).build(),
                        ACK.toBuilder().setCorrelationId(-1).build()),
                Arguments.of(
                        "echo of no token",
                        OFFER.toBuilder().clearToken().build(),
                        ACK.toBuilder().clearToken().build()),
                Arguments.of(
                        "default answer to a default offer",
                        HandoffOffer.getDefaultInstance(),
                        HandoffAck.getDefaultInstance()));
    }

    @Test
    void shouldIgnoreTraceContextAndDeadlineOfAnAck() {
        EmbeddedChannel channel = broker(OFFER);

        channel.writeInbound(framed(frameOf(ACK)
                .setDeadlineUnixMs(1)
                .setTraceparent("tp")
                .setTracestate("ts")
                .build()));

        assertAnswer(channel, ACK);
        assertThat(channel.finish()).isFalse();
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("otherFrames")
    void shouldRefuseAFrameThatIsNotTheAnswer(Kind kind, Frame frame, String message) {
        EmbeddedChannel channel = broker(OFFER);

        assertRefused(channel, framed(frame), kind, message);
    }

    /** Each of these has the flaw named, and every flaw that is looked for later: the first failure decides. */
    static Stream<Arguments> otherFrames() {
        Frame.Builder flawed = frameOf(HandoffAck.newBuilder()
                        .setToken(ByteString.copyFromUtf8("another token"))
                        .setCorrelationId(8)
                        .build())
                .setEnvelopeVersion(2)
                .setKind(FrameKind.FRAME_KIND_REQUEST)
                .setPayloadProtocol(0xAD01)
                .setPayloadEncoding(PayloadEncoding.PAYLOAD_ENCODING_ZSTD)
                .setRequestId(9);
        return Stream.of(
                Arguments.of(
                        Kind.ENVELOPE_VERSION,
                        Frame.getDefaultInstance(),
                        "unexpected HandoffAck frame: envelope_version is not v1"),
                Arguments.of(
                        Kind.ENVELOPE_VERSION,
                        flawed.build(),
                        "unexpected HandoffAck frame: envelope_version is not v1"),
                Arguments.of(
                        Kind.FRAME_KIND,
                        flawed.setEnvelopeVersion(1).build(),
                        "unexpected HandoffAck frame: kind is not RESPONSE"),
                Arguments.of(
                        Kind.FRAME_KIND,
                        flawed.setKind(FrameKind.FRAME_KIND_EVENT).build(),
                        "unexpected HandoffAck frame: kind is not RESPONSE"),
                Arguments.of(
                        Kind.FRAME_KIND,
                        flawed.setKindValue(99).build(),
                        "unexpected HandoffAck frame: kind is not RESPONSE"),
                Arguments.of(
                        Kind.PAYLOAD_PROTOCOL,
                        flawed.setKind(FrameKind.FRAME_KIND_RESPONSE).build(),
                        "unexpected HandoffAck frame: payload_protocol is not handoff"),
                Arguments.of(
                        Kind.PAYLOAD_ENCODING,
                        flawed.setPayloadProtocol(0xD0FF).build(),
                        "unexpected HandoffAck frame: payload is compressed"),
                Arguments.of(
                        Kind.PAYLOAD_ENCODING,
                        flawed.setPayloadEncodingValue(99).build(),
                        "unexpected HandoffAck frame: payload is compressed"),
                Arguments.of(
                        Kind.CORRELATION,
                        flawed.clearPayloadEncoding().build(),
                        "HandoffAck frame request_id 9 does not match correlation id 7"),
                Arguments.of(
                        Kind.CORRELATION,
                        flawed.setRequestId(7).build(),
                        "HandoffAck correlation id 8 does not match offer correlation id 7"),
                Arguments.of(
                        Kind.TOKEN_ECHO,
                        frameOf(ACK.toBuilder()
                                        .setToken(ByteString.copyFromUtf8("another token"))
                                        .build())
                                .build(),
                        "HandoffAck token echo does not match the offered token"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "000102030405060708090a0b0c0d0e",
                "000102030405060708090a0b0c0d0e0f00",
                "000102030405060708090a0b0c0d0e0e",
                "010102030405060708090a0b0c0d0e0f"
            })
    void shouldRefuseAnEchoThatDiffersAnywhere(String echoHex) {
        HandoffAck ack = ACK.toBuilder().setToken(ByteString.fromHex(echoHex)).build();

        assertRefused(
                broker(OFFER),
                framed(frameOf(ack).build()),
                Kind.TOKEN_ECHO,
                "HandoffAck token echo does not match the offered token");
    }

    @Test
    void shouldCountCorrelationIdsUnsigned() {
        HandoffOffer offer = OFFER.toBuilder().setCorrelationId(-1).build();

        assertRefused(
                broker(offer),
                framed(frameOf(ACK.toBuilder().setCorrelationId(-2).build())
                        .setRequestId(-1)
                        .build()),
                Kind.CORRELATION,
                "HandoffAck correlation id 18446744073709551614 does not match offer correlation id"
                        + " 18446744073709551615");
    }

    /** Text of the reference broker: here it says "correlation id", below "offer correlation id". */
    @Test
    void shouldNameARequestIdThatIsNotTheOffers() {
        assertRefused(
                broker(OFFER),
                framed(frameOf(ACK).setRequestId(-1).build()),
                Kind.CORRELATION,
                "HandoffAck frame request_id 18446744073709551615 does not match correlation id 7");
    }

    /** The reference broker looks at the request id before it opens the payload. */
    @Test
    void shouldJudgeTheRequestIdBeforeThePayloadIsParsed() {
        Frame frame = frameOf(ACK)
                .setRequestId(9)
                .setPayload(ByteString.fromHex("ff"))
                .build();

        assertRefusedAs(broker(OFFER), framed(frame), Kind.CORRELATION);
    }

    @ParameterizedTest
    @CsvSource({
        "UNSUPPORTED_FRAMING_VERSION, 02, 'unsupported framing version: got 2, expected 1'",
        "UNSUPPORTED_FRAMING_VERSION, 00220000, 'unsupported framing version: got 0, expected 1'",
        "FRAME_TOO_LARGE, 0101000001, frame body too large: 16777217 bytes exceeds cap 16777216",
        "FRAME_TOO_LARGE, 01ffffffff, frame body too large: 4294967295 bytes exceeds cap 16777216",
        "ENVELOPE_VERSION, 0100000000, unexpected HandoffAck frame: envelope_version is not v1"
    })
    void shouldRefuseBrokenFraming(Kind kind, String hex, String message) {
        assertRefused(broker(OFFER), Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)), kind, message);
    }

    @ParameterizedTest
    @CsvSource({
        // Not a message; a message whose first field is cut off; field 2 with the wire type of a string.
        "UNDECODABLE_FRAME, 0104000000ffffffff, 'failed to decode HandoffAck Frame: '",
        "UNDECODABLE_FRAME, 010100000008, 'failed to decode HandoffAck Frame: '",
        "UNDECODABLE_FRAME, 0104000000080112 00, 'failed to decode HandoffAck Frame: '",
        "UNDECODABLE_PAYLOAD, 010f0000000801100118ffa1032203127f002807, 'failed to decode HandoffAck payload: '",
    })
    void shouldRefuseWhatDoesNotParse(Kind kind, String hex, String message) {
        ByteBuf bytes = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));

        HandoffWireException error = assertRefusedAs(broker(OFFER), bytes, kind);
        assertThat(error).hasMessageStartingWith(message);
        assertThat(error.getMessage()).hasSizeGreaterThan(message.length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "0a10", "1a02c328", "1000 0a7f", "0801", "1a80"})
    void shouldRefuseAPayloadThatIsNoAck(String payloadHex) {
        ByteString payload = ByteString.fromHex(payloadHex.replace(" ", ""));

        HandoffWireException error = assertRefusedAs(
                broker(OFFER), framed(frameOf(ACK).setPayload(payload).build()), Kind.UNDECODABLE_PAYLOAD);
        assertThat(error).hasMessageStartingWith("failed to decode HandoffAck payload: ");
    }

    @ParameterizedTest
    @CsvSource({"1, body length header", "4, body length header", "5, frame body", "38, frame body"})
    void shouldRefuseTheEndOfTheStreamInsideTheAck(int arrived, String part) {
        EmbeddedChannel channel = broker(OFFER);
        channel.writeInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(GOLDEN_ACK), 0, arrived));

        HandoffWireException error = catchThrowableOfType(HandoffWireException.class, channel::finish);

        assertThat(error).hasMessage("unexpected EOF while reading frame (%s)", part);
        assertThat(error.kind()).isEqualTo(Kind.UNEXPECTED_EOF);
        assertThat(channel.inboundMessages()).isEmpty();
    }

    @Test
    void shouldSendTheOfferThatItWaitsForTheAnswerOf() {
        EmbeddedChannel channel = broker(OFFER);

        channel.writeOutbound(Offers.of(OFFER, "", ""));

        ByteBuf sent = channel.readOutbound();
        assertThat(ByteBufUtil.hexDump(sent))
                .isEqualTo("0127000000080118ffa103221d1210000102030405060708090a0b0c0d0e0f1a077a63636163686520072807");
        sent.release();
        assertThat(channel.finish()).isFalse();
    }

    private static EmbeddedChannel broker(HandoffOffer offer) {
        EmbeddedChannel channel = new EmbeddedChannel();
        HandoffBrokerPipeline.add(channel.pipeline(), Offers.of(offer, "", ""));
        return channel;
    }

    private static void assertAnswer(EmbeddedChannel channel, HandoffAck ack) {
        HandoffAnswer answer = channel.readInbound();
        assertThat(answer.offer().correlationId()).isEqualTo(ack.getCorrelationId());
        if (ack.getAccepted()) {
            assertThat(answer).isInstanceOf(HandoffAnswer.Accepted.class);
        } else {
            String detail = ack.getErrorDetail().isEmpty() ? "no detail provided" : ack.getErrorDetail();
            assertThat(((HandoffAnswer.Rejected) answer).rejection())
                    .isEqualTo(new HandoffRejection(HandoffRejection.Reason.BY_BACKEND, detail));
        }
    }

    private static void assertRefused(EmbeddedChannel channel, ByteBuf bytes, Kind kind, String message) {
        assertThat(assertRefusedAs(channel, bytes, kind)).hasMessage(message);
    }

    private static HandoffWireException assertRefusedAs(EmbeddedChannel channel, ByteBuf bytes, Kind kind) {
        HandoffWireException error =
                catchThrowableOfType(HandoffWireException.class, () -> channel.writeInbound(bytes));

        assertThat(error).isNotNull();
        assertThat(error.kind()).isEqualTo(kind);
        assertThat(bytes.refCnt()).isZero();
        assertThat(channel.finish()).isFalse();
        return error;
    }

    private static Frame.Builder frameOf(HandoffAck ack) {
        return Frame.newBuilder()
                .setEnvelopeVersion(1)
                .setKind(FrameKind.FRAME_KIND_RESPONSE)
                .setPayloadProtocol(0xD0FF)
                .setPayload(ack.toByteString())
                .setRequestId(ack.getCorrelationId());
    }

    private static ByteBuf framed(Frame frame) {
        byte[] body = frame.toByteArray();
        return Unpooled.buffer().writeByte(1).writeIntLE(body.length).writeBytes(body);
    }
}
