package io.handoff.spring.boot.takeover;

import io.handoff.netty.broker.BoundaryBuffer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands right behind the codec of a WebSocket, tells the {@link BoundaryBuffer} before that where each message ends, and knows whether a message is
 * between here and the application: Reactor Netty queues both those that the application has not asked for and those that do not fit into the
 * socket yet. So a client that talks without a pause is not read for as long as it takes the application to catch up. Confined to the event loop but
 * for what is given to send.
 */
final class WebSocketTraffic extends ChannelDuplexHandler {

    private final BoundaryBuffer buffer;
    private final AtomicLong given = new AtomicLong();
    private boolean isAmongFragments;
    private boolean isClosing;
    private boolean isPaused;
    private boolean isReadRequested;
    private long read;
    private long received;
    private long written;

    WebSocketTraffic(BoundaryBuffer buffer) {
        this.buffer = buffer;
    }

    /** The application is given a text or binary message. */
    void received() {
        received++;
    }

    /** The application gives a text or binary message to send. From any thread. */
    void given() {
        given.incrementAndGet();
    }

    /** Whether the application has been given all that was read, all that it has given is written, and nobody closes. */
    boolean isQuiet() {
        return !isClosing && received == read && written == given.get();
    }

    /** Reads no more of the client; also where it is read without being asked for. */
    void pause(Channel channel) {
        if (!isPaused) {
            isPaused = true;
            ReadGate.takeBackReads(channel.config());
        }
    }

    /** Reads the client again, if that was asked for. */
    void goOn(Channel channel) {
        isPaused = false;
        if (isReadRequested) {
            isReadRequested = false;
            channel.read();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (isPaused) {
            isReadRequested = true;
        } else {
            ctx.read();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof CloseWebSocketFrame) {
            isClosing = true;
        } else if (msg instanceof WebSocketFrame frame && !isControl(frame)) {
            isAmongFragments = !frame.isFinalFragment();
            read += isAmongFragments ? 0 : 1;
        }
        if (!isAmongFragments) {
            buffer.boundary();
        }
        ctx.fireChannelRead(msg);
    }

    private static boolean isControl(WebSocketFrame frame) {
        return frame instanceof PingWebSocketFrame || frame instanceof PongWebSocketFrame;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof CloseWebSocketFrame) {
            isClosing = true;
        } else if (msg instanceof TextWebSocketFrame || msg instanceof BinaryWebSocketFrame) {
            written++;
        }
        ctx.write(msg, promise);
    }
}
