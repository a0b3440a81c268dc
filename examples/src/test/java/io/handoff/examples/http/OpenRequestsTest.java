package io.handoff.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.broker.BoundaryBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpExpectationFailedEvent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The successor takes no connection, so each attempt leaves it as it was. */
class OpenRequestsTest {

    private static final String REQUEST = "GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String CHUNKED =
            "POST /next HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nTrailer: t\r\n\r\n";

    private final List<Channel> attempts = new ArrayList<>();
    private final EmbeddedChannel connection = new EmbeddedChannel();

    @BeforeEach
    void serveHttp() {
        connection
                .pipeline()
                .addLast(new BoundaryBuffer(1000))
                .addLast(new HttpServerCodec())
                .addLast(new OpenRequests(attempts::add));
    }

    @AfterEach
    void closeConnection() {
        connection.finishAndReleaseAll();
    }

    @Test
    void shouldGoWhenNothingHasCome() {
        leave();

        assertThat(attempts).hasSize(1);
    }

    @Test
    void shouldWaitForTheAnswerToARequest() {
        receive(REQUEST);
        leave();
        assertThat(attempts).isEmpty();

        answer();
        assertThat(attempts).hasSize(1);
    }

    @Test
    void shouldWaitForTheRestOfARequestThatHasBeenAnsweredAlready() {
        receive("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbo");
        answer();
        leave();
        assertThat(attempts).isEmpty();

        receive("dy");
        assertThat(attempts).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("splitsOfAChunkedRequest")
    void shouldGoAtAnyByteOfARequest(int split) {
        receive(REQUEST);
        answer();
        receive(CHUNKED.substring(0, split));
        leave();

        assertThat(attempts).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("splitsOfAChunkedRequest")
    void shouldGoOnWithARequestWhenItStays(int split) {
        receive(CHUNKED.substring(0, split));
        leave();
        receive(CHUNKED.substring(split));
        assertThat(attempts).hasSize(1);

        answer();
        assertThat(attempts).hasSize(2);
        assertThat(requests()).containsExactly("/next");
    }

    @Test
    void shouldWaitWhenItHasSaidThatItWantsTheBody() {
        receive("POST / HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        answer(HttpResponseStatus.CONTINUE);
        leave();
        assertThat(attempts).isEmpty();

        receive("body");
        answer();
        assertThat(attempts).hasSize(1);
    }

    @Test
    void shouldAnswerAllThatWasPipelinedBeforeItGoes() {
        receive(REQUEST + REQUEST + REQUEST);
        leave();
        answer();
        answer();
        assertThat(attempts).isEmpty();

        answer();
        assertThat(attempts).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r", "\r\n", "\r\n\r\n"})
    void shouldGoAfterAnEmptyLineBehindARequest(String line) {
        receive(REQUEST);
        answer();
        receive(line);
        leave();

        assertThat(attempts).hasSize(1);
    }

    @Test
    void shouldGoWhenTheClientWasToldNotToSendTheBody() {
        receive("POST / HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        connection.pipeline().fireUserEventTriggered(HttpExpectationFailedEvent.INSTANCE);
        answer();
        leave();

        assertThat(attempts).hasSize(1);
    }

    @Test
    void shouldCloseWhenTheClientEndsItsSideBetweenRequests() {
        receive(REQUEST);
        answer();
        endInput();

        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void shouldCloseAfterTheAnswerWhenTheClientHasEndedItsSide() {
        receive(REQUEST);
        endInput();
        assertThat(connection.isOpen()).isTrue();

        answer();
        assertThat(connection.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 8})
    void shouldCloseWhenTheRestOfARequestCannotCome(int split) {
        receive(REQUEST.substring(0, split));
        endInput();

        assertThat(connection.isOpen()).isFalse();
    }

    static IntStream splitsOfAChunkedRequest() {
        return IntStream.range(1, CHUNKED.length());
    }

    /** The paths of those that have come through, of which none is broken. */
    private List<String> requests() {
        return connection.inboundMessages().stream()
                .filter(HttpRequest.class::isInstance)
                .map(HttpRequest.class::cast)
                .filter(request -> request.decoderResult().isSuccess())
                .map(HttpRequest::uri)
                .toList();
    }

    private void receive(String text) {
        connection.writeInbound(Unpooled.copiedBuffer(text, US_ASCII));
        connection.runPendingTasks();
    }

    private void endInput() {
        connection.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        connection.runPendingTasks();
    }

    private void answer() {
        answer(HttpResponseStatus.FORBIDDEN);
    }

    private void answer(HttpResponseStatus status) {
        connection.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER));
        connection.runPendingTasks();
        ByteBuf sent = connection.readOutbound();
        ReferenceCountUtil.release(sent);
    }

    private void leave() {
        OpenRequests.leave(connection);
        connection.runPendingTasks();
    }
}
