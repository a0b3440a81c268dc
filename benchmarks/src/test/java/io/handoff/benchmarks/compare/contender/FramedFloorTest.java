package io.handoff.benchmarks.compare.contender;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.wire.HandoffOfferEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
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
        byte[] offer = offers(1);
        for (int split = 1; split < offer.length; split++) {
            channel.writeInbound(Unpooled.copiedBuffer(offer, 0, split));
            assertThat(channel.<ByteBuf>readOutbound()).as("split at %d", split).isNull();
            channel.writeInbound(Unpooled.copiedBuffer(offer, split, offer.length - split));
            assertThat(answered()).as("split at %d", split).isEqualTo(1);
        }
    }

    @Test
    void shouldAnswerEachOfferThatIsReadTogether() {
        channel.writeInbound(Unpooled.wrappedBuffer(offers(3)));
        assertThat(answered()).isEqualTo(3);
    }

    private static byte[] offers(int count) {
        EmbeddedChannel encoder = new EmbeddedChannel(HandoffOfferEncoder.INSTANCE);
        ByteBuf all = Unpooled.buffer();
        for (int i = 0; i < count; i++) {
            encoder.writeOutbound(FloorFrames.OFFER);
            ByteBuf offer = encoder.readOutbound();
            all.writeBytes(offer);
            offer.release();
        }
        assertThat(encoder.finish()).isFalse();
        return ByteBufUtil.getBytes(all);
    }

    private int answered() {
        int count = 0;
        for (ByteBuf answer = channel.readOutbound(); answer != null; answer = channel.readOutbound()) {
            assertThat(answer.readableBytes()).isEqualTo(FloorFrames.ACK_LENGTH);
            count++;
        }
        return count;
    }
}
