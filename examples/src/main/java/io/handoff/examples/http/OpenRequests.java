package io.handoff.examples.http;

import io.handoff.netty.broker.BoundaryBuffer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpExpectationFailedEvent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.function.Consumer;

/**
 * Stands right behind the HTTP codec. It tells the {@link BoundaryBuffer} before the codec where each request ends, and knows whether
 * the server owes an answer: only then a connection that has been told to leave stays for a while.
 *
 * <p><b>What moves:</b> a connection of which every request that has come to its end is answered, and every answer has been written to
 * the socket. A part of the next request moves along, be it half a line or half a body: the successor's codec parses the request from its
 * beginning.
 *
 * <p><b>What does not:</b> a connection whose client was told to send the body ({@code 100 Continue}) or has had its answer before the
 * end of its request: it goes after that. A connection whose client has ended its side stays here, too, and is closed when all its
 * requests have been answered.
 */
final class OpenRequests extends ChannelDuplexHandler {

    private final Consumer<Channel> successor;

    // Numbers of requests.
    private long received;
    private long answered;

    /** Something was sent about a request that has not come to its end. */
    private boolean hasBegunToAnswer;

    private boolean isLeaving;
    private boolean isAboutToLeave;
    private boolean hasInputEnded;

    /**
     * Lets one connection go.
     *
     * @param successor takes a connection, or leaves it usable or closed
     */
    OpenRequests(Consumer<Channel> successor) {
        this.successor = successor;
    }

    /** Whether nothing is owed to the client. On the connection's event loop. */
    static boolean areNone(Channel connection) {
        OpenRequests handler = connection.pipeline().get(OpenRequests.class);
        return handler != null && handler.areNone();
    }

    private boolean areNone() {
        return received == answered && !hasBegunToAnswer;
    }

    /** Tells a connection to leave, as soon as nothing is owed. On its event loop. */
    static void leave(Channel connection) {
        ChannelHandlerContext ctx = connection.pipeline().context(OpenRequests.class);
        if (ctx != null) {
            OpenRequests handler = (OpenRequests) ctx.handler();
            handler.isLeaving = true;
            handler.leaveSoon(ctx);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof LastHttpContent) {
            requestEnds(ctx);
        }
        ctx.fireChannelRead(msg);
    }

    private void requestEnds(ChannelHandlerContext ctx) {
        received++;
        ctx.pipeline().get(BoundaryBuffer.class).boundary();
        leaveSoon(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof HttpExpectationFailedEvent) {
            // The client was told not to send the body, and the codec does not wait for it.
            requestEnds(ctx);
        } else if (event instanceof ChannelInputShutdownEvent) {
            hasInputEnded = true;
            closeIfDone(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ChannelPromise written = promise.unvoid();
        hasBegunToAnswer |= msg instanceof HttpResponse;
        if (msg instanceof LastHttpContent && !isInterim(msg)) {
            written.addListener(sent -> {
                answered++;
                hasBegunToAnswer = false;
                leaveSoon(ctx);
                closeIfDone(ctx);
            });
        }
        ctx.write(msg, written);
    }

    /** Whether it only announces the response, as 100 Continue does. */
    private static boolean isInterim(Object msg) {
        return msg instanceof HttpResponse response && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    /** In a task of its own, and one at a time: the codec may be in the middle of what it has read. */
    private void leaveSoon(ChannelHandlerContext ctx) {
        if (isLeaving && !isAboutToLeave) {
            isAboutToLeave = true;
            ctx.executor().execute(() -> {
                isAboutToLeave = false;
                if (areNone() && ctx.channel().isActive()) {
                    successor.accept(ctx.channel());
                }
            });
        }
    }

    /** A request of which the rest cannot come any more has no answer. */
    private void closeIfDone(ChannelHandlerContext ctx) {
        if (hasInputEnded && answered >= received) {
            ctx.close();
        }
    }
}
