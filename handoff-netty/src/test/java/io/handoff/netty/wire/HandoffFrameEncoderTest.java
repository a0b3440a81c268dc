package io.handoff.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.handoff.netty.Frames;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.handoff.proto.v1.HandoffAck;
import io.handoff.proto.v1.HandoffOffer;
import io.handoff.testkit.HandoffFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HandoffFrameEncoderTest {

    private static final ByteString TOKEN = ByteString.fromHex("000102030405060708090a0b0c0d0e0f");
    private static final ByteString OTHER_TOKEN = ByteString.fromHex("42424242424242424242424242424242");
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /** Direct and heap memory, since the fields are written straight into it. */
    private static final List<ByteBufAllocator> ALLOCATORS = List.of(
            ByteBufAllocator.DEFAULT,
            PooledByteBufAllocator.DEFAULT,
            new UnpooledByteBufAllocator(true),
            new UnpooledByteBufAllocator(false),
            new PooledByteBufAllocator(false));

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void shouldWriteWhatTheGeneratedMessagesWrite(String name, ChannelHandler encoder, Object message, Frame frame) {
        byte[] expected = Frames.framed(frame);

        for (ByteBufAllocator allocator : ALLOCATORS) {
            assertThat(ByteBufUtil.hexDump(encode(encoder, message, allocator)))
                    .as("memory of %s", allocator)
                    .isEqualTo(ByteBufUtil.hexDump(expected));
        }
    }

    static Stream<Arguments> messages() {
        HandoffOffer offer = HandoffOffer.newBuilder()
                .setToken(TOKEN)
                .setServiceName("build-cache")
                .setCorrelationId(7)
                .build();
        HandoffAck rejection = HandoffAck.newBuilder()
                .setToken(TOKEN)
                .setErrorDetail("handoff token mismatch")
                .setCorrelationId(7)
                .build();
        HandoffAck answer = HandoffAck.newBuilder()
                .setToken(TOKEN)
                .setAccepted(true)
                .setCorrelationId(1L << 35)
                .build();
        return Stream.of(
                offer("offer of defaults", HandoffOffer.getDefaultInstance(), "", ""),
                offer("offer with every field", offer, TRACEPARENT, "tr=1,other=2"),
                offer("offer with traceparent alone", offer, TRACEPARENT, ""),
                offer("offer with tracestate alone", offer, "", "tr=1"),
                offer("default offer in a trace", HandoffOffer.getDefaultInstance(), TRACEPARENT, "tr=1"),
                offer("offer with correlation id 127", correlated(offer, 127), "", ""),
                offer("offer with correlation id 128", correlated(offer, 128), "", ""),
                offer("offer with correlation id i64 max", correlated(offer, Long.MAX_VALUE), "", ""),
                offer("offer with correlation id u64 max", correlated(offer, -1), "", ""),
                // On both sides of where the payload's length takes another byte.
                offer("offer of 127 bytes", sized(offer, 127), "", ""),
                offer("offer of 128 bytes", sized(offer, 128), "", ""),
                offer("offer of 16383 bytes", sized(offer, 16_383), "", ""),
                offer("offer of 16384 bytes", sized(offer, 16_384), "", ""),
                offer("offer of over 2 MiB", sized(offer, 2_200_000), "", ""),
                offer("long trace context", offer, "p".repeat(300), "s".repeat(20_000)),
                offer(
                        "offer in many scripts",
                        offer.toBuilder()
                                .setServiceName("dienst-\u00fc-\u65e5\u672c-\ud83d\ude80")
                                .build(),
                        "\u00e9",
                        "\ud83d\ude80"),
                ack("accepting ACK", answer),
                ack("rejecting ACK", rejection),
                ack(
                        "ACK with correlation id u64 max",
                        rejection.toBuilder().setCorrelationId(-1).build()),
                ack(
                        "ACK with an odd token",
                        answer.toBuilder().setToken(TOKEN.substring(1)).build()),
                ack(
                        "ACK with a long token",
                        answer.toBuilder()
                                .setToken(ByteString.copyFrom(new byte[70_000]))
                                .build()),
                ack(
                        "ACK with a long detail",
                        rejection.toBuilder().setErrorDetail("d".repeat(200)).build()),
                ack(
                        "ACK with a very long detail",
                        rejection.toBuilder()
                                .setErrorDetail("\u00fc".repeat(20_000))
                                .build()),
                ready(
                        "ready event with the least in it",
                        HandoffAck.newBuilder().setAccepted(true).build()),
                ready("ready event", answer),
                ready(
                        "ready event with correlation id u64 max",
                        answer.toBuilder().setCorrelationId(-1).build()));
    }

    private static HandoffOffer correlated(HandoffOffer offer, long correlationId) {
        return offer.toBuilder().setCorrelationId(correlationId).build();
    }

    private static HandoffOffer sized(HandoffOffer offer, int bytes) {
        return IntStream.iterate(bytes, length -> length > 0, length -> length - 1)
                .mapToObj(length ->
                        offer.toBuilder().setServiceName("s".repeat(length)).build())
                .filter(sized -> sized.getSerializedSize() == bytes)
                .findFirst()
                .orElseThrow();
    }

    private static Arguments offer(String name, HandoffOffer offer, String traceparent, String tracestate) {
        Frame frame = HandoffFrames.offer(offer).toBuilder()
                .setTraceparent(traceparent)
                .setTracestate(tracestate)
                .build();
        return Arguments.of(name, HandoffOfferEncoder.INSTANCE, Offers.of(offer, traceparent, tracestate), frame);
    }

    private static Arguments ack(String name, HandoffAck ack) {
        return Arguments.of(name, HandoffAckEncoder.INSTANCE, answer(ack), HandoffFrames.ack(ack));
    }

    private static Arguments ready(String name, HandoffAck ack) {
        Frame frame = HandoffFrames.ack(ack).toBuilder()
                .setKind(FrameKind.FRAME_KIND_EVENT)
                .build();
        return Arguments.of(name, HandoffReadyEncoder.INSTANCE, new HandoffAnswer.Accepted(offerOf(ack)), frame);
    }

    /** Golden bytes of the wire specification, from vectors/handoff-v1.json. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        12648430, 012d000000080118ffa10322201210000102030405060708090a0b0c0d0e0f1a077a63636163686520eeff830628eeff8306
        0, 0123000000080118ffa103221b1210000102030405060708090a0b0c0d0e0f1a077a636361636865
        -1, 0139000000080118ffa10322261210000102030405060708090a0b0c0d0e0f1a077a63636163686520ffffffffffffffffff0128ffffffffffffffffff01
        3, 0127000000080118ffa103221d1210000102030405060708090a0b0c0d0e0f1a077a63636163686520032803
        """)
    void shouldWriteTheGoldenOffers(long correlationId, String golden) {
        HandoffOffer offer = HandoffOffer.newBuilder()
                .setToken(TOKEN)
                .setServiceName("zccache")
                .setCorrelationId(correlationId)
                .build();

        assertThat(hex(HandoffOfferEncoder.INSTANCE, Offers.of(offer, "", ""))).isEqualTo(golden);
    }

    /** As above: "minimal offer", "every field set", correlation ids zero and u64 max. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        12648430, 01280000000801100118ffa10322190a10000102030405060708090a0b0c0d0e0f100120eeff830628eeff8306
        7, 01220000000801100118ffa10322160a10000102030405060708090a0b0c0d0e0f100120072807
        0, 011e0000000801100118ffa10322140a10000102030405060708090a0b0c0d0e0f1001
        -1, 01340000000801100118ffa103221f0a10000102030405060708090a0b0c0d0e0f100120ffffffffffffffffff0128ffffffffffffffffff01
        """)
    void shouldWriteTheGoldenAcceptances(long correlationId, String golden) {
        HandoffAck ack = HandoffAck.newBuilder()
                .setToken(TOKEN)
                .setAccepted(true)
                .setCorrelationId(correlationId)
                .build();

        assertThat(hex(HandoffAckEncoder.INSTANCE, answer(ack))).isEqualTo(golden);
    }

    @Test
    void shouldWriteTheGoldenRejections() {
        assertThat(hex(HandoffAckEncoder.INSTANCE, rejection(ByteString.EMPTY, "handoff token is missing", 3)))
                .isEqualTo(
                        "01280000000801100118ffa103221c1a1868616e646f666620746f6b656e206973206d697373696e6720032803");
        assertThat(hex(HandoffAckEncoder.INSTANCE, rejection(ByteString.EMPTY, "handoff token is missing", 0)))
                .isEqualTo("01240000000801100118ffa103221a1a1868616e646f666620746f6b656e206973206d697373696e67");
        assertThat(hex(
                        HandoffAckEncoder.INSTANCE,
                        rejection(TOKEN.substring(0, 15), "handoff token length was 15 bytes; expected 16", 3)))
                .isEqualTo("014f0000000801100118ffa10322430a0f000102030405060708090a0b0c0d0e1a2e68616e646f666620746f"
                        + "6b656e206c656e677468207761732031352062797465733b20657870656374656420313620032803");
        assertThat(hex(HandoffAckEncoder.INSTANCE, rejection(OTHER_TOKEN, "handoff token is not pending", 3)))
                .isEqualTo("013e0000000801100118ffa10322320a10424242424242424242424242424242421a1c68616e646f66662074"
                        + "6f6b656e206973206e6f742070656e64696e6720032803");
    }

    /** The golden acceptance with the kind of an event. */
    @Test
    void shouldWriteTheReadyEvent() {
        HandoffAck ack = HandoffAck.newBuilder()
                .setToken(TOKEN)
                .setAccepted(true)
                .setCorrelationId(7)
                .build();

        assertThat(hex(HandoffReadyEncoder.INSTANCE, new HandoffAnswer.Accepted(offerOf(ack))))
                .isEqualTo("01220000000801100218ffa10322160a10000102030405060708090a0b0c0d0e0f100120072807");
    }

    @ParameterizedTest
    @MethodSource("encoders")
    void shouldPassOnWhatIsNotItsMessage(ChannelHandler encoder) {
        EmbeddedChannel channel = new EmbeddedChannel(encoder);

        assertThat(channel.writeOutbound("something else")).isTrue();
        assertThat(channel.<Object>readOutbound()).isEqualTo("something else");
        assertThat(channel.finish()).isFalse();
    }

    static List<ChannelHandler> encoders() {
        return List.of(HandoffOfferEncoder.INSTANCE, HandoffAckEncoder.INSTANCE, HandoffReadyEncoder.INSTANCE);
    }

    @Test
    void shouldServeManyChannelsAtOnce() {
        EmbeddedChannel first = new EmbeddedChannel(HandoffAckEncoder.INSTANCE);
        EmbeddedChannel second = new EmbeddedChannel(HandoffAckEncoder.INSTANCE);

        assertThat(first.pipeline().first()).isSameAs(second.pipeline().first());
        assertThat(first.finish()).isFalse();
        assertThat(second.finish()).isFalse();
    }

    private static HandoffAnswer rejection(ByteString token, String detail, long correlationId) {
        return answer(HandoffAck.newBuilder()
                .setToken(token)
                .setErrorDetail(detail)
                .setCorrelationId(correlationId)
                .build());
    }

    /** What a backend has to write for this ACK to leave. */
    private static HandoffAnswer answer(HandoffAck ack) {
        return ack.getAccepted()
                ? new HandoffAnswer.Accepted(offerOf(ack))
                : new HandoffAnswer.Rejected(offerOf(ack), Rejections.byBackend(ack.getErrorDetail()));
    }

    private static Offer offerOf(HandoffAck ack) {
        HandoffOffer message = HandoffOffer.newBuilder()
                .setToken(ack.getToken())
                .setServiceName("not in the answer")
                .setCorrelationId(ack.getCorrelationId())
                .build();
        return Offers.of(message, TRACEPARENT, "not in the answer");
    }

    private static String hex(ChannelHandler encoder, Object message) {
        return HexFormat.of().formatHex(encode(encoder, message, ByteBufAllocator.DEFAULT));
    }

    /** Encodes twice on one channel; the second frame must not notice the first. */
    private static byte[] encode(ChannelHandler encoder, Object message, ByteBufAllocator allocator) {
        EmbeddedChannel channel = new EmbeddedChannel(encoder);
        channel.config().setAllocator(allocator);

        assertThat(channel.writeOutbound(message, message)).isTrue();
        byte[] first = bytesOf(channel.readOutbound());
        assertThat(bytesOf(channel.readOutbound())).isEqualTo(first);
        assertThat(channel.finish()).isFalse();
        return first;
    }

    private static byte[] bytesOf(ByteBuf frame) {
        assertThat(frame.refCnt()).isOne();
        assertThat(frame.capacity()).isEqualTo(frame.readableBytes());
        byte[] bytes = ByteBufUtil.getBytes(frame);
        assertThat(frame.release()).isTrue();
        return bytes;
    }
}
