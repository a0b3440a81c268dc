package io.handoff.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FramedFloorTest {

    private final EmbeddedChannel channel = new EmbeddedChannel(new FramedFloor());

    @AfterEach
    void close() {
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldAnswerAnOfferWhereverItsBytesAreSplit() {
        for (int split = 1; split < FloorFrames.OFFER_LENGTH; split++) {
            channel.writeInbound(bytes(split));
            assertThat(channel.<ByteBuf>readOutbound()).as("split at %d", split).isNull();
            channel.writeInbound(bytes(FloorFrames.OFFER_LENGTH - split));
            assertThat(answered()).as("split at %d", split).isEqualTo(1);
        }
    }

    @Test
    void shouldAnswerWhatWasReadTogetherTogether() {
        channel.writeInbound(bytes(2 * FloorFrames.OFFER_LENGTH), bytes(FloorFrames.OFFER_LENGTH + 1));
        assertThat(answered()).isEqualTo(3);
        channel.writeInbound(bytes(FloorFrames.OFFER_LENGTH - 1));
        assertThat(answered()).isEqualTo(1);
    }

    @Test
    void shouldAnswerMoreOffersThanOneBufferHolds() {
        channel.writeInbound(bytes((FloorFrames.MAX_BATCH + 2) * FloorFrames.OFFER_LENGTH));
        assertThat(answered()).isEqualTo(FloorFrames.MAX_BATCH);
        assertThat(answered()).isEqualTo(2);
    }

    private static ByteBuf bytes(int count) {
        return Unpooled.buffer(count).writeZero(count);
    }

    private int answered() {
        ByteBuf answer = channel.readOutbound();
        assertThat(answer.readableBytes() % FloorFrames.ACK_LENGTH).isZero();
        return answer.readableBytes() / FloorFrames.ACK_LENGTH;
    }
}
