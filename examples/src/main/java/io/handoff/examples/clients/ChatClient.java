package io.handoff.examples.clients;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.function.Consumer;

/** Somebody who chats: a WebSocket to a chat server on 127.0.0.1, on which nothing is repeated that has failed. */
public final class ChatClient implements AutoCloseable {

    private static final int MAX_BYTES = 64 * 1024;

    private final Channel channel;

    private ChatClient(Channel channel) {
        this.channel = channel;
    }

    /**
     * Connects.
     *
     * @param loops with an {@code EpollIoHandler}
     * @param port the server's
     * @param room where to go
     * @param name who comes
     * @param told takes what the server says, on the connection's event loop
     * @return a client whose handshake is still to come: the server says something when it is over
     * @throws InterruptedException if that happens
     */
    public static ChatClient connect(EventLoopGroup loops, int port, String room, String name, Consumer<String> told)
            throws InterruptedException {
        URI uri = URI.create("ws://127.0.0.1:" + port + "/chat?room=" + room + "&name=" + name);
        Channel channel = new Bootstrap()
                .group(loops)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new HttpClientCodec())
                                .addLast(new HttpObjectAggregator(MAX_BYTES))
                                .addLast(new WebSocketClientProtocolHandler(
                                        WebSocketClientHandshakerFactory.newHandshaker(
                                                uri,
                                                WebSocketVersion.V13,
                                                null,
                                                false,
                                                new DefaultHttpHeaders(),
                                                MAX_BYTES)))
                                .addLast(new Told(told));
                    }
                })
                .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .sync()
                .channel();
        return new ChatClient(channel);
    }

    private static final class Told extends SimpleChannelInboundHandler<WebSocketFrame> {

        private final Consumer<String> told;

        Told(Consumer<String> told) {
            this.told = told;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
            if (frame instanceof TextWebSocketFrame text) {
                told.accept(text.text());
            }
        }
    }

    /** Sends a frame. */
    public ChannelFuture send(WebSocketFrame frame) {
        return channel.writeAndFlush(frame);
    }

    /** Sends bytes as they are: a part of a frame. */
    public ChannelFuture send(ByteBuf bytes) {
        return channel.writeAndFlush(bytes);
    }

    /** {@return completed when the connection has ended} */
    public ChannelFuture ended() {
        return channel.closeFuture();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }
}
