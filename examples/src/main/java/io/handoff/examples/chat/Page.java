package io.handoff.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.handoff.netty.broker.BoundaryBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a connection is before it becomes a WebSocket: it answers with the page, and turns into a WebSocket at
 * {@code /chat?room=ROOM&name=NAME}. Such a connection may move as well, but not in the middle of the handshake.
 */
final class Page extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger logger = LoggerFactory.getLogger(Page.class);
    private static final Pattern ROOM = Pattern.compile("[a-z0-9-]{1,40}");
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N} ._-]{1,40}");
    private static final byte[] HTML = html();

    private final Consumer<ChatState> upgrade;
    private boolean isUpgrading;

    /**
     * Makes one for a connection.
     *
     * @param upgrade told who comes, once the connection is a WebSocket and its pipeline has the codec of that; on its event loop
     */
    Page(Consumer<ChatState> upgrade) {
        this.upgrade = upgrade;
    }

    /** Whether nothing is owed to the client. On the connection's event loop. */
    boolean mayGo() {
        return !isUpgrading;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        ctx.pipeline().get(BoundaryBuffer.class).boundary();
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        if (request.decoderResult().isFailure() || isUpgrading) {
            answer(ctx, false, HttpResponseStatus.BAD_REQUEST, "text/plain", "no HTTP request\n".getBytes(UTF_8));
        } else if (uri.path().equals("/")) {
            answer(ctx, HttpUtil.isKeepAlive(request), HttpResponseStatus.OK, "text/html", HTML);
        } else if (uri.path().equals("/chat")) {
            upgrade(ctx, request, parameter(uri, "room"), parameter(uri, "name"));
        } else {
            answer(
                    ctx,
                    HttpUtil.isKeepAlive(request),
                    HttpResponseStatus.NOT_FOUND,
                    "text/plain",
                    "not here\n".getBytes(UTF_8));
        }
    }

    private void upgrade(ChannelHandlerContext ctx, FullHttpRequest request, String room, String name) {
        if (!ROOM.matcher(room).matches() || !NAME.matcher(name).matches()) {
            answer(ctx, false, HttpResponseStatus.BAD_REQUEST, "text/plain", "no such room or name\n".getBytes(UTF_8));
            return;
        }
        if (!WebSocketVersion.V13
                .toHttpHeaderValue()
                .equals(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(ctx.channel())
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        isUpgrading = true;
        new WebSocketServerHandshaker13(request.uri(), null, ChatInitializer.FRAMES)
                .handshake(ctx.channel(), request)
                .addListener((ChannelFuture upgraded) -> {
                    if (upgraded.isSuccess()) {
                        ctx.pipeline().remove(this);
                        upgrade.accept(new ChatState(room, name, 0, ChatState.NOTHING));
                    } else {
                        ctx.fireExceptionCaught(upgraded.cause());
                    }
                });
    }

    private static String parameter(QueryStringDecoder uri, String name) {
        List<String> values = uri.parameters().get(name);
        return values == null ? "" : values.get(0);
    }

    private static void answer(
            ChannelHandlerContext ctx, boolean keepAlive, HttpResponseStatus status, String type, byte[] content) {
        ByteBuf body = Unpooled.wrappedBuffer(content);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type + "; charset=utf-8")
                .set(HttpHeaderNames.CONNECTION, keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, content.length);
        ChannelFuture written = ctx.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** A reset, as a rule. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        logger.debug("{} is closed", ctx.channel(), cause);
        ctx.close();
    }

    private static byte[] html() {
        try (InputStream page = Page.class.getResourceAsStream("page.html")) {
            return Objects.requireNonNull(page, "page.html").readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
