package io.handoff.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.handoff.netty.Frames;
import io.handoff.netty.token.HandoffToken;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.FrameKind;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a decoder makes of a frame that is too long for it, on a connection that brought a descriptor. */
class OverlongOfferTest {

    private static final int CAP = 100;
    private static final long CORRELATION = -5;

    private static EmbeddedChannel decoder() {
        FrameShares shares = new FrameShares(new FrameBudget(Long.MAX_VALUE));
        return new EmbeddedChannel(new HandoffFrameDecoder(CAP, shares, true));
    }

    private static Frame.Builder offer() {
        return Frames.offerFrame(HandoffToken.random(), CORRELATION).setTraceparent("t".repeat(2 * CAP));
    }

    @Test
    void shouldTellWhichOfferWasTooLongInEverySplitOfItsBytes() {
        byte[] frame = Frames.framed(offer().build());
        for (int split = 0; split <= frame.length; split++) {
            EmbeddedChannel channel = decoder();

            channel.writeInbound(Unpooled.copiedBuffer(frame, 0, split));
            channel.writeInbound(Unpooled.copiedBuffer(frame, split, frame.length - split));

            OverlongOffer overlong = channel.readInbound();
            assertThat(overlong.correlationId()).isEqualTo(CORRELATION);
            assertThat(overlong.why())
                    .hasMessage("frame body too large: " + (frame.length - 5) + " bytes exceeds cap " + CAP);
            assertThat(channel.finish()).isFalse();
        }
    }

    @Test
    void shouldTellItWhenTheBytesComeOneByOne() {
        EmbeddedChannel channel = decoder();

        for (byte one : Frames.framed(offer().build())) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {one}));
        }

        assertThat(channel.<OverlongOffer>readInbound().correlationId()).isEqualTo(CORRELATION);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldKeepNothingOfTheBody() {
        EmbeddedChannel channel = decoder();
        byte[] frame = Frames.framed(
                offer().setPayload(ByteString.copyFrom(new byte[1 << 20])).build());

        for (int at = 0; at < frame.length; at += 1000) {
            channel.writeInbound(Unpooled.copiedBuffer(frame, at, Math.min(1000, frame.length - at)));
            assertThat(channel.pipeline().get(HandoffFrameDecoder.class).isInsideFrame())
                    .isEqualTo(at + 1000 < frame.length);
        }

        assertThat(channel.<OverlongOffer>readInbound().correlationId()).isEqualTo(CORRELATION);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldReadTheNextFrameAfterIt() {
        EmbeddedChannel channel = decoder();
        byte[] next = Frames.offer(HandoffToken.random(), 1);

        channel.writeInbound(Unpooled.copiedBuffer(Frames.framed(offer().build()), next));

        assertThat(channel.<Object>readInbound()).isInstanceOf(OverlongOffer.class);
        assertThat(channel.<Object>readInbound()).isNotNull().isNotInstanceOf(OverlongOffer.class);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldRefuseAFrameThatIsNoOffer() {
        assertIsRefused(offer().setKind(FrameKind.FRAME_KIND_EVENT).build().toByteArray());
        assertIsRefused(offer().setEnvelopeVersion(2).build().toByteArray());
        assertIsRefused(offer().setPayloadProtocol(0xAD01).build().toByteArray());
    }

    @Test
    void shouldRefuseABodyThatIsNoMessage() {
        assertIsRefused(new byte[2 * CAP]);
        byte[] endless = new byte[2 * CAP];
        Arrays.fill(endless, (byte) 0xFF);
        assertIsRefused(endless);
        byte[] cutOff = Arrays.copyOf(offer().build().toByteArray(), 2 * CAP);
        assertIsRefused(cutOff);
    }

    private static void assertIsRefused(byte[] body) {
        EmbeddedChannel channel = decoder();
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(Frames.framed(body))))
                .isInstanceOf(HandoffWireException.class)
                .hasMessage("frame body too large: " + body.length + " bytes exceeds cap " + CAP);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldTellOfAnEndInsideTheBody() {
        EmbeddedChannel channel = decoder();
        byte[] frame = Frames.framed(offer().build());
        channel.writeInbound(Unpooled.copiedBuffer(frame, 0, frame.length - 1));

        assertThatThrownBy(channel::finish)
                .isInstanceOf(HandoffWireException.class)
                .hasMessage("unexpected EOF while reading frame (frame body)");
    }

    @ParameterizedTest
    @ValueSource(longs = {HandoffFrameDecoder.MAX_FRAME_LENGTH + 1L, 0xFFFFFFFFL})
    void shouldRefuseOnTheHeaderWhatIsOverTheCeiling(long length) {
        EmbeddedChannel channel = decoder();

        assertThatThrownBy(() ->
                        channel.writeInbound(Unpooled.buffer().writeByte(1).writeIntLE((int) length)))
                .isInstanceOf(HandoffWireException.class)
                .hasMessage("frame body too large: " + length + " bytes exceeds cap " + CAP);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldTellWhichOfferHadNoRoomBesideOthers() {
        FrameBudget budget = new FrameBudget(100_000);
        budget.take(100_000);
        EmbeddedChannel channel = new EmbeddedChannel(new HandoffFrameDecoder(1 << 20, new FrameShares(budget), true));
        byte[] frame = Frames.framed(offer().setTraceparent("t".repeat(70_000)).build());

        channel.writeInbound(Unpooled.wrappedBuffer(frame));

        OverlongOffer overlong = channel.readInbound();
        assertThat(overlong.correlationId()).isEqualTo(CORRELATION);
        assertThat(overlong.why()).hasMessageStartingWith("no room for a frame body of ");
        assertThat(channel.finish()).isFalse();
    }
}
