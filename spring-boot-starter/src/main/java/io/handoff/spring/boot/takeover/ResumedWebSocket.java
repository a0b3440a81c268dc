package io.handoff.spring.boot.takeover;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.handoff.netty.adoption.HandedOffConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands first in the pipeline of a WebSocket that has come from the predecessor, until the server has opened it once more. It lets the server
 * read the request that opened it there, and keeps the answer, which the client has had. A server that
 * answers anything but "switching protocols" does not go on with the WebSocket, so that is closed.
 */
final class ResumedWebSocket extends ReadGate {

    /** On a channel that was resumed: what the application has sent along. */
    private static final AttributeKey<byte[]> STATE = AttributeKey.valueOf(ResumedWebSocket.class, "state");

    private static final Logger logger = LoggerFactory.getLogger(ResumedWebSocket.class);
    private static final String SWITCHING_PROTOCOLS = "HTTP/1.1 101 ";

    private final byte[] request;
    private boolean isAnswered;

    private ResumedWebSocket(byte[] request) {
        this.request = request;
    }

    /** Resumes a channel that has come as a WebSocket, and leaves any other alone. */
    static void resume(Channel channel) {
        HandedOffConnection connection = channel.attr(HandedOffConnection.KEY).get();
        if (connection != null) {
            WebSocketState.of(connection.state()).ifPresent(state -> {
                channel.attr(STATE).set(state.application());
                channel.pipeline().addFirst(new ResumedWebSocket(state.request()));
            });
        }
    }

    /** What the application has sent along with a channel; empty if that was not resumed. */
    static Optional<byte[]> stateOf(Channel channel) {
        return Optional.ofNullable(channel.attr(STATE).get());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.fireChannelActive();
        ctx.fireChannelRead(Unpooled.wrappedBuffer(request));
        ctx.fireChannelReadComplete();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (isAnswered || !ctx.channel().isOpen()) {
            ctx.write(msg, promise);
            return;
        }
        String answer = msg instanceof ByteBuf bytes ? bytes.toString(ISO_8859_1) : "";
        ReferenceCountUtil.release(msg);
        if (answer.startsWith(SWITCHING_PROTOCOLS)) {
            isAnswered = true;
            promise.trySuccess();
        } else if (!answer.isEmpty()) {
            logger.warn(
                    "{} is closed: the request that has opened its WebSocket was answered {}",
                    ctx.channel(),
                    answer.lines().findFirst().orElse(""));
            promise.trySuccess();
            ctx.close();
        } else {
            promise.trySuccess();
        }
    }
}
