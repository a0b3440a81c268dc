package io.handoff.examples.chat;

import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.netty.broker.BoundaryBuffer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Makes the pipeline of a connection: that of HTTP for a new one, and that of a WebSocket behind its handshake for one that comes from another
 * release with its state.
 */
@Sharable
final class ChatInitializer extends ChannelInitializer<Channel> {

    private static final int MAX_MESSAGE_BYTES = 4 * 1024;

    /** A message, or the head of a request, also in many fragments: so a connection can move at any byte. */
    private static final int MAX_UNREAD_BYTES = 16 * 1024;

    /** What comes with a connection. */
    static final int MAX_STATE_BYTES = MAX_UNREAD_BYTES + ChatState.MAX_BYTES;

    /** A client that is so far behind is closed, so that memory is bounded. */
    private static final WriteBufferWaterMark SLOW_CLIENT = new WriteBufferWaterMark(512 * 1024, 1024 * 1024);

    /**
     * Without extensions. A compressed message, for one, is made with what all messages before it have left in the compressor, and the
     * next release does not have that.
     */
    static final WebSocketDecoderConfig FRAMES = WebSocketDecoderConfig.newBuilder()
            .allowExtensions(false)
            .maxFramePayloadLength(MAX_MESSAGE_BYTES)
            .build();

    private final ChannelGroup connections;
    private final Rooms rooms;
    private final String release;

    ChatInitializer(ChannelGroup connections, Rooms rooms, String release) {
        this.connections = connections;
        this.rooms = rooms;
        this.release = release;
    }

    /** As {@code Departure} says. */
    static Optional<byte[]> departure(Channel connection) throws IOException {
        ChatConnection chat = connection.pipeline().get(ChatConnection.class);
        if (chat != null) {
            return chat.departure();
        }
        Page page = connection.pipeline().get(Page.class);
        return page != null && page.mayGo() ? Optional.of(new byte[0]) : Optional.empty();
    }

    @Override
    protected void initChannel(Channel connection) throws IOException {
        connections.add(connection);
        connection.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, SLOW_CLIENT);
        ChannelPipeline pipeline = connection.pipeline();
        pipeline.addLast(new BoundaryBuffer(MAX_UNREAD_BYTES));
        ByteBuffer state = connection.attr(HandedOffConnection.KEY).get().state();
        if (state.hasRemaining()) {
            pipeline.addLast("wsdecoder", new WebSocket13FrameDecoder(FRAMES))
                    .addLast("wsencoder", new WebSocket13FrameEncoder(false));
            addChat(pipeline, new ChatConnection(rooms, release, ChatState.of(state)));
        } else {
            pipeline.addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(MAX_UNREAD_BYTES))
                    .addLast(new Page(client -> upgraded(pipeline, client)));
        }
    }

    private void upgraded(ChannelPipeline pipeline, ChatState client) {
        ChatConnection chat = new ChatConnection(rooms, release, client);
        addChat(pipeline, chat);
        chat.begin();
    }

    private static void addChat(ChannelPipeline pipeline, ChatConnection chat) {
        pipeline.addLast(new MessageEnds())
                .addLast(new Utf8FrameValidator())
                .addLast(new WebSocketFrameAggregator(MAX_MESSAGE_BYTES))
                .addLast(chat);
    }
}
