package io.handoff.reliability.exhaustion;

import io.handoff.testkit.EventLoops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The program around a broker: clients on TCP, each of which it answers itself until they are handed off. */
final class BrokeredClients implements AutoCloseable {

    /** What a client gets for an answer here, whatever it says. */
    static final String ANSWER = "broker";

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final SocketAddress address;

    BrokeredClients() throws InterruptedException {
        address = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new Answering());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel()
                .localAddress();
    }

    /** One client: its own socket, and the channel that serves it here. */
    record Client(SocketChannel socket, Channel channel) implements AutoCloseable {

        /** Says something, and returns the answer, which has as many bytes. */
        String ask(String text) throws IOException {
            socket.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(text.length());
            while (answer.hasRemaining()) {
                if (socket.read(answer) < 0) {
                    throw new IOException("the connection of a client was closed");
                }
            }
            return new String(answer.array(), StandardCharsets.US_ASCII);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    Client connect() throws IOException, InterruptedException {
        SocketChannel socket = SocketChannel.open(address);
        Channel channel = accepted.poll(20, TimeUnit.SECONDS);
        if (channel == null) {
            socket.close();
            throw new IOException("a client was not accepted");
        }
        return new Client(socket, channel);
    }

    @Override
    public void close() {
        EventLoops.end(loop);
    }

    private final class Answering extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            accepted.add(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ReferenceCountUtil.release(msg);
            ctx.writeAndFlush(Unpooled.copiedBuffer(ANSWER, StandardCharsets.US_ASCII));
        }
    }
}
