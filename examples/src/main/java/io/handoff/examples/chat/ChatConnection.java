package io.handoff.examples.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handoff.examples.chat.Room.Member;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Somebody who chats. Each text message of the client is something that it says; each text message to it is JSON: who serves it, at first and
 * whenever it has come to another release, or what was said in its room.
 *
 * <p>It may move unless something that it has said is still on its way to the room's file, or it is about to close. What is written to it while
 * it moves is not lost: the library keeps that until it is known who has the connection, and the next release tells it again.
 */
final class ChatConnection extends SimpleChannelInboundHandler<WebSocketFrame> implements Member {

    private static final Logger logger = LoggerFactory.getLogger(ChatConnection.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Who serves the client, and what is known of it. */
    private record Greeting(String release, String room, String name, long said) {}

    /** What was said in the client's room. */
    private record Told(String release, String from, long number, String text) {}

    private final Rooms rooms;
    private final String release;
    private final String room;
    private final String name;
    private final long arrivedTold;
    private long said;

    /** Up to where in the room's file; before it is in the room, nothing. */
    private long told = ChatState.NOTHING;

    /** How many messages are on their way to the room's file. */
    private int underWay;

    private boolean isClosing;
    private Channel channel;

    /** Goes on with one that has come so far in another release, or has only just come. */
    @SuppressWarnings("NullAway.Init") // Netty adds it to a channel.
    ChatConnection(Rooms rooms, String release, ChatState state) {
        this.rooms = rooms;
        this.release = release;
        this.room = state.room();
        this.name = state.name();
        this.said = state.said();
        this.arrivedTold = state.told();
    }

    /** What goes with a connection that is to move; empty if it has to stay for now. On its event loop. */
    Optional<byte[]> departure() throws JsonProcessingException {
        boolean mayGo = told != ChatState.NOTHING && underWay == 0 && !isClosing;
        return mayGo ? Optional.of(new ChatState(room, name, said, told).toBytes()) : Optional.empty();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
    }

    /** Of one that has been handed over: its pipeline is made before the connection is ours. */
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin();
        ctx.fireChannelActive();
    }

    /** Greets the client, and lets it into its room. Once, on its event loop. */
    void begin() {
        send(new Greeting(release, room, name, said));
        Future<?> entered =
                arrivedTold == ChatState.NOTHING ? rooms.enter(room, this) : rooms.enter(room, this, arrivedTold);
        entered.addListener(this::closeUnlessDone);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        if (isClosing) {
            return;
        }
        if (frame instanceof TextWebSocketFrame text) {
            say(text.text());
        } else if (frame instanceof PingWebSocketFrame ping) {
            ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
        } else if (frame instanceof CloseWebSocketFrame close) {
            close(close.retain());
        } else if (!(frame instanceof PongWebSocketFrame)) {
            close(new CloseWebSocketFrame(WebSocketCloseStatus.INVALID_MESSAGE_TYPE));
        }
    }

    private void say(String text) {
        said++;
        underWay++;
        rooms.say(room, new ChatMessage(name, said, text))
                .addListener(done -> channel.eventLoop().execute(() -> underWay--))
                .addListener(this::closeUnlessDone);
    }

    private void closeUnlessDone(Future<?> done) {
        if (!done.isSuccess()) {
            logger.error("{} is closed: the file of room {} failed", channel, room, done.cause());
            channel.close();
        }
    }

    private void close(CloseWebSocketFrame frame) {
        isClosing = true;
        channel.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void isIn(long position) {
        channel.eventLoop().execute(() -> told = position);
    }

    @Override
    public void tell(ChatMessage message, long end) {
        channel.eventLoop().execute(() -> {
            if (end > told) {
                told = end;
                send(new Told(release, message.from(), message.number(), message.text()));
            }
        });
    }

    private void send(Object message) {
        try {
            channel.writeAndFlush(new TextWebSocketFrame(JSON.writeValueAsString(message)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
        if (!channel.isWritable()) {
            logger.info("{} is closed: it does not read what it is told", channel);
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        rooms.leave(room, this);
        ctx.fireChannelInactive();
    }

    /** A reset, as a rule, or a frame that breaks the protocol, which the decoder has answered. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        logger.debug("{} is closed", channel, cause);
        isClosing = true;
        ctx.close();
    }
}
