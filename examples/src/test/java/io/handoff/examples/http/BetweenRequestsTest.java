package io.handoff.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An embedded channel cannot move; but the codec that it has after an attempt is another.
 *
 * <p>Seen to fail without either condition.
 */
class BetweenRequestsTest {

    private final HttpServerCodec codec = new HttpServerCodec();
    private final EmbeddedChannel connection =
            new EmbeddedChannel(codec, new BetweenRequests(new Successor(Path.of("nowhere"))));

    @AfterEach
    void closeConnection() {
        connection.finishAndReleaseAll();
    }

    @Test
    void shouldWaitForTheAnswerToARequest() {
        receive("GET / HTTP/1.1\r\n\r\n");
        leave();
        assertThat(hasTried()).isFalse();

        answer();
        assertThat(hasTried()).isTrue();
    }

    @Test
    void shouldWaitForTheRestOfARequestThatHasBeenAnsweredAlready() {
        receive("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbo");
        answer();
        leave();
        assertThat(hasTried()).isFalse();

        receive("dy");
        assertThat(hasTried()).isTrue();
    }

    private void receive(String text) {
        connection.writeInbound(Unpooled.copiedBuffer(text, US_ASCII));
        connection.runPendingTasks();
    }

    private void answer() {
        connection.writeOutbound(
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.FORBIDDEN, Unpooled.EMPTY_BUFFER));
        connection.runPendingTasks();
    }

    private void leave() {
        BetweenRequests.leave(connection);
        connection.runPendingTasks();
    }

    private boolean hasTried() {
        return connection.pipeline().get(HttpServerCodec.class) != codec;
    }
}
