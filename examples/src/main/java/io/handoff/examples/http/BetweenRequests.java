package io.handoff.examples.http;

import io.handoff.netty.HandoffOutcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Stands right behind the HTTP codec, and lets a connection that has been told to leave go to the {@link Successor} as soon
 * as it is between two requests: all that came has been answered, and nothing of the next request has been read.
 *
 * <p>The codec is taken out for the handoff, since it may hold bytes that were read already; those it had then show that
 * the next request has begun, and it is served here like the others before. A connection that the successor does not take
 * is served here as well, and tries again after its next request.
 */
final class BetweenRequests extends ChannelDuplexHandler {

    private final Successor successor;
    private final Queue<ByteBuf> readWithoutCodec = new ArrayDeque<>();
    private int unanswered;
    private boolean isReceiving;
    private boolean isLeaving;
    private boolean isMoving;

    BetweenRequests(Successor successor) {
        this.successor = successor;
    }

    /** Tells a connection to leave. From any thread, and as often as one likes. */
    static void leave(Channel connection) {
        connection.eventLoop().execute(() -> {
            ChannelHandlerContext ctx = connection.pipeline().context(BetweenRequests.class);
            if (ctx != null) {
                BetweenRequests handler = (BetweenRequests) ctx.handler();
                handler.isLeaving = true;
                handler.moveIfBetweenRequests(ctx);
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof ByteBuf bytes) {
            readWithoutCodec.add(bytes);
            return;
        }
        if (msg instanceof HttpRequest) {
            unanswered++;
            isReceiving = true;
        }
        if (msg instanceof LastHttpContent) {
            isReceiving = false;
            moveSoon(ctx);
        }
        ctx.fireChannelRead(msg);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ChannelPromise written = promise.unvoid();
        if (msg instanceof LastHttpContent && !isInterim(msg)) {
            written.addListener(sent -> {
                unanswered--;
                moveSoon(ctx);
            });
        }
        ctx.write(msg, written);
    }

    /** Whether it only announces the response, as 100 Continue does. */
    private static boolean isInterim(Object msg) {
        return msg instanceof HttpResponse response && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    /** Not at once: the codec may be in the middle of what it has read. */
    private void moveSoon(ChannelHandlerContext ctx) {
        if (isLeaving) {
            ctx.executor().execute(() -> moveIfBetweenRequests(ctx));
        }
    }

    private void moveIfBetweenRequests(ChannelHandlerContext ctx) {
        boolean isBetweenRequests = unanswered == 0 && !isReceiving;
        if (isMoving || !isBetweenRequests || !ctx.channel().isActive()) {
            return;
        }
        isMoving = true;
        // What it holds comes to channelRead.
        ctx.pipeline().remove(HttpServerCodec.class);
        if (readWithoutCodec.isEmpty()) {
            successor.take(ctx.channel()).addListener((Future<HandoffOutcome> outcome) -> stay(ctx));
        } else {
            stay(ctx);
        }
    }

    /** Serves the connection here, if it still is. */
    private void stay(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return;
        }
        isMoving = false;
        ctx.pipeline().addBefore(ctx.name(), null, new HttpServerCodec());
        while (!readWithoutCodec.isEmpty()) {
            ctx.pipeline().fireChannelRead(readWithoutCodec.remove());
        }
        ctx.pipeline().fireChannelReadComplete();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        readWithoutCodec.forEach(ByteBuf::release);
        readWithoutCodec.clear();
    }
}
