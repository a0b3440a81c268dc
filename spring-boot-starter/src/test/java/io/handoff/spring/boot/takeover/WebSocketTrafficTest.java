package io.handoff.spring.boot.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.broker.BoundaryBuffer;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebSocketTrafficTest {

    private final WebSocketTraffic traffic = new WebSocketTraffic(new BoundaryBuffer(1));
    private final EmbeddedChannel channel = new EmbeddedChannel(traffic);

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private void read(WebSocketFrame frame) {
        channel.writeInbound(frame);
    }

    @Test
    void shouldBeQuietWhenTheApplicationHasBeenGivenWhatWasRead() {
        assertThat(traffic.isQuiet()).isTrue();
        read(new TextWebSocketFrame("one"));
        read(new BinaryWebSocketFrame(Unpooled.EMPTY_BUFFER));
        assertThat(traffic.isQuiet()).isFalse();
        traffic.received();
        assertThat(traffic.isQuiet()).isFalse();
        traffic.received();
        assertThat(traffic.isQuiet()).isTrue();
    }

    @Test
    void shouldCountTheFragmentsOfAMessageAsOne() {
        read(new TextWebSocketFrame(false, 0, "o"));
        read(new PongWebSocketFrame());
        assertThat(traffic.isQuiet()).isTrue();
        read(new ContinuationWebSocketFrame(false, 0, "n"));
        read(new ContinuationWebSocketFrame(true, 0, "e"));
        assertThat(traffic.isQuiet()).isFalse();
        traffic.received();
        assertThat(traffic.isQuiet()).isTrue();
    }

    @Test
    void shouldBeQuietWhenWhatTheApplicationHasGivenIsWritten() {
        traffic.given();
        traffic.given();
        assertThat(traffic.isQuiet()).isFalse();
        channel.writeOutbound(new TextWebSocketFrame("one"), new PongWebSocketFrame());
        assertThat(traffic.isQuiet()).isFalse();
        channel.writeOutbound(new BinaryWebSocketFrame(Unpooled.EMPTY_BUFFER));
        assertThat(traffic.isQuiet()).isTrue();
    }

    @Test
    void shouldNotBeQuietWhenTheClientCloses() {
        read(new CloseWebSocketFrame());

        assertThat(traffic.isQuiet()).isFalse();
    }

    @Test
    void shouldNotBeQuietWhenTheApplicationCloses() {
        channel.writeOutbound(new CloseWebSocketFrame());

        assertThat(traffic.isQuiet()).isFalse();
    }
}
