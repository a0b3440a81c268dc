package io.handoff.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.proto.v1.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoBuffersLeaked.class)
class EmbeddedFramesTest {

    private static final Frame OFFER = HandoffFrames.offer(HandoffFrames.randomToken(), "chat", 1);

    @Test
    void shouldHaveAFrameArrive() {
        EmbeddedChannel channel = new EmbeddedChannel();

        EmbeddedFrames.receive(channel, OFFER);

        ByteBuf arrived = channel.readInbound();
        assertThat(arrived).isEqualTo(Unpooled.wrappedBuffer(HandoffFrames.encode(OFFER)));
        arrived.release();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldHaveBytesArriveInPiecesUntilTheChannelCloses() {
        List<Integer> lengths = new ArrayList<>();
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                ByteBuf piece = (ByteBuf) msg;
                lengths.add(piece.readableBytes());
                piece.release();
                if (lengths.size() == 5) {
                    ctx.close();
                }
            }
        });

        EmbeddedFrames.receive(channel, new byte[7], 3);
        EmbeddedFrames.receive(channel, new byte[7], Integer.MAX_VALUE);
        EmbeddedFrames.receive(channel, new byte[7], 3);

        assertThat(lengths).containsExactly(3, 3, 1, 7, 3);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void shouldTakeWhatTheChannelHasSent() {
        EmbeddedChannel channel = new EmbeddedChannel();
        Frame ack = HandoffFrames.accepting(HandoffFrames.offerIn(OFFER));
        byte[] bytes = HandoffFrames.encode(ack);
        channel.writeOutbound(Unpooled.copiedBuffer(bytes, 0, 7), Unpooled.copiedBuffer(bytes, 7, bytes.length - 7));

        assertThat(EmbeddedFrames.takeAcks(channel)).containsExactly(HandoffFrames.ackIn(ack));
        assertThat(EmbeddedFrames.takeAcks(channel)).isEmpty();

        channel.writeOutbound(Unpooled.wrappedBuffer(HandoffFrames.encode(OFFER)));

        assertThat(EmbeddedFrames.takeOffers(channel)).containsExactly(HandoffFrames.offerIn(OFFER));
        assertThat(channel.finish()).isFalse();
    }
}
