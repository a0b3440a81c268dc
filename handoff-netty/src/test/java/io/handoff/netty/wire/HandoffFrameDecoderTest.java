package io.handoff.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.netty.Frames;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** The decoder by itself, in a channel that nobody closes after an error. */
class HandoffFrameDecoderTest {

    @Test
    void shouldDropWhateverArrivesAfterAnError() {
        EmbeddedChannel channel = new EmbeddedChannel(new HandoffFrameDecoder(64));
        byte[] wrongVersion = {2};
        byte[] frame = Frames.framed(new byte[3]);

        assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(wrongVersion)))
                .isInstanceOf(HandoffWireException.class);

        assertThat(channel.writeInbound(Unpooled.wrappedBuffer(frame))).isFalse();
        assertThat(channel.finish()).isFalse();
    }
}
