package io.handoff.netty.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.FixedLengthFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.codec.compression.JdkZlibDecoder;
import io.netty.handler.codec.compression.JdkZlibEncoder;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.string.StringEncoder;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.logging.LoggingHandler;
import io.netty.handler.pcap.PcapWriteHandler;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.handler.traffic.ChannelTrafficShapingHandler;
import java.io.ByteArrayOutputStream;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HandlerCheckTest {

    static Stream<ChannelHandler> handlersThatMayHoldBytes() {
        return Stream.of(
                new FixedLengthFrameDecoder(1),
                new CombinedChannelDuplexHandler<>(new FixedLengthFrameDecoder(1), new ChannelOutboundHandlerAdapter()),
                new HttpServerCodec(),
                new HttpObjectAggregator(1),
                new HttpContentDecompressor(false, 0),
                new HttpContentCompressor(),
                new FlowControlHandler(),
                new Negotiation(),
                new ChunkedWriteHandler(),
                new ChannelTrafficShapingHandler(1, 1),
                new JdkZlibEncoder(),
                new Queueing());
    }

    @ParameterizedTest
    @MethodSource("handlersThatMayHoldBytes")
    void shouldRefuseAHandlerUnlessTheProgramVouchesForIt(ChannelHandler handler) {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline().addLast("it", handler);

        assertThat(HandlerCheck.refusal(channel, vouched -> false))
                .isEqualTo("handler it (" + handler.getClass().getName()
                        + ") may hold bytes that were read or written already; remove it first, or vouch for it");
        assertThat(HandlerCheck.refusal(channel, vouched -> vouched == handler)).isNull();
        channel.finishAndReleaseAll();
    }

    static Stream<ChannelHandler> handlersThatHoldNoBytes() {
        return Stream.of(
                new ChannelInboundHandlerAdapter(),
                new ChannelOutboundHandlerAdapter(),
                new ChannelDuplexHandler(),
                new LengthFieldPrepender(4),
                new StringEncoder(),
                new HttpResponseEncoder(),
                new HttpServerKeepAliveHandler(),
                new FlushConsolidationHandler(),
                new LoggingHandler(),
                PcapWriteHandler.builder().build(new ByteArrayOutputStream()),
                new IdleStateHandler(0, 0, 0),
                new WriteTimeoutHandler(0));
    }

    @ParameterizedTest
    @MethodSource("handlersThatHoldNoBytes")
    void shouldLetAHandlerPassThatHoldsNothing(ChannelHandler handler) {
        EmbeddedChannel channel = new EmbeddedChannel(handler);

        assertThat(HandlerCheck.refusal(channel, vouched -> false)).isNull();
        channel.finishAndReleaseAll();
    }

    static Stream<ChannelHandler> handlersThatParseOneMessage() {
        return Stream.of(
                new FixedLengthFrameDecoder(1),
                new HttpServerCodec(),
                new HttpRequestDecoder(),
                new HttpObjectAggregator(1),
                new HttpContentDecompressor(false, 0),
                new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder().build()),
                new WebSocketFrameAggregator(1),
                new WebSocketServerProtocolHandler("/"));
    }

    @ParameterizedTest
    @MethodSource("handlersThatParseOneMessage")
    void shouldLetADecoderPassBehindABoundaryBuffer(ChannelHandler handler) {
        EmbeddedChannel channel = new EmbeddedChannel(new BoundaryBuffer(1));
        channel.pipeline().addLast("it", handler);

        assertThat(HandlerCheck.refusal(channel, vouched -> false)).isNull();
        channel.finishAndReleaseAll();
    }

    static Stream<ChannelHandler> handlersThatHoldMoreThanAMessage() {
        return Stream.of(
                new SslHandler(engine()),
                Http2FrameCodecBuilder.forServer().build(),
                new JdkZlibDecoder(0),
                new PerMessageDeflateServerExtensionHandshaker(0)
                        .handshakeExtension(new WebSocketExtensionData("permessage-deflate", Map.of()))
                        .newExtensionDecoder(),
                new CombinedChannelDuplexHandler<>(new FixedLengthFrameDecoder(1), new ChannelOutboundHandlerAdapter()),
                new HttpContentCompressor(),
                new FlowControlHandler(),
                new ChunkedWriteHandler(),
                new Queueing());
    }

    @ParameterizedTest
    @MethodSource("handlersThatHoldMoreThanAMessage")
    void shouldRefuseOthersBehindABoundaryBuffer(ChannelHandler handler) {
        EmbeddedChannel channel = new EmbeddedChannel(new BoundaryBuffer(1));
        channel.pipeline().addLast("it", handler);

        assertThat(HandlerCheck.refusal(channel, vouched -> false)).startsWith("handler it (");
        assertThat(HandlerCheck.refusal(channel, vouched -> vouched == handler)).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldRefuseADecoderBeforeABoundaryBuffer() {
        EmbeddedChannel channel = new EmbeddedChannel(new FixedLengthFrameDecoder(1), new BoundaryBuffer(1));

        assertThat(HandlerCheck.refusal(channel, vouched -> false)).contains("FixedLengthFrameDecoder) may hold bytes");
        channel.finishAndReleaseAll();
    }

    private static SSLEngine engine() {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine();
            engine.setUseClientMode(false);
            return engine;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @SuppressWarnings("deprecation") // Programs use it all the same.
    void shouldRefuseAHandlerOnAnotherThread() {
        DefaultEventLoop elsewhere = new DefaultEventLoop();
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline().addLast(elsewhere, "it", new ChannelInboundHandlerAdapter());

        assertThat(HandlerCheck.refusal(channel, vouched -> false)).startsWith("handler it (");
        channel.finishAndReleaseAll();
        elsewhere.shutdownGracefully();
    }

    private static final class Negotiation extends ApplicationProtocolNegotiationHandler {
        Negotiation() {
            super("none");
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            throw new UnsupportedOperationException();
        }
    }

    /** A program's own. */
    private static final class Queueing extends ChannelOutboundHandlerAdapter {
        private final Queue<Object> queue = new ArrayDeque<>();

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            queue.add(msg);
        }
    }
}
