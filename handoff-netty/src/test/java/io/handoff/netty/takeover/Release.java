package io.handoff.netty.takeover;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.broker.BoundaryBuffer;
import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A program of which there are releases: answers each line with its name, the number of the line on its connection, and the line.
 * The number is the state of a connection.
 */
public final class Release implements AutoCloseable {

    private static final AttributeKey<Integer> LINES = AttributeKey.valueOf(Release.class, "lines");
    private static final int MAX_STATE_BYTES = 64 * 1024;

    final String name;
    public final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    final HandoffServer server;

    private final EventLoopGroup loops;
    private final boolean withBoundaries;

    public Release(String name, Path socket, EventLoopGroup loops) throws Exception {
        this(name, socket, loops, true, MAX_STATE_BYTES / 2);
    }

    Release(String name, Path socket, EventLoopGroup loops, boolean withBoundaries, int maxStateBytes)
            throws Exception {
        this.name = name;
        this.loops = loops;
        this.withBoundaries = withBoundaries;
        this.server = HandoffServer.builder(socket)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .maxStateBytes(maxStateBytes)
                .adoptInto(loops, new Lines())
                .start()
                .get();
    }

    /** Accepts clients itself, as the first release does. */
    public SocketAddress listen() throws InterruptedException {
        Channel listening = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new Lines())
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
        connections.add(listening);
        return listening.localAddress();
    }

    /** What makes a pipeline, of a client that is new or that comes from another release. */
    public ChannelHandler initializer() {
        return new Lines();
    }

    static HandoffBroker brokerTo(Path socket) {
        return HandoffBroker.builder(socket).carryState(true).build();
    }

    public static byte[] stateOf(Channel connection) {
        return Integer.toString(connection.attr(LINES).get()).getBytes(US_ASCII);
    }

    HandoffTakeoverBuilder takeoverBy(Path successor) {
        return HandoffTakeover.builder(brokerTo(successor), connections)
                .departure(connection -> Optional.of(stateOf(connection)));
    }

    @Override
    public void close() {
        server.close();
        connections.close().awaitUninterruptibly();
    }

    @ChannelHandler.Sharable
    private final class Lines extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel connection) {
            connections.add(connection);
            HandedOffConnection origin =
                    connection.attr(HandedOffConnection.KEY).get();
            String state =
                    origin == null ? "0" : US_ASCII.decode(origin.state()).toString();
            connection.attr(LINES).set(Integer.valueOf(state));
            if (withBoundaries) {
                connection.pipeline().addLast(new BoundaryBuffer(MAX_STATE_BYTES));
            }
            connection.pipeline().addLast(new LineBasedFrameDecoder(1000), new Answers());
        }
    }

    private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf line) {
            if (withBoundaries) {
                ctx.pipeline().get(BoundaryBuffer.class).boundary();
            }
            int number = ctx.channel().attr(LINES).get() + 1;
            ctx.channel().attr(LINES).set(number);
            String answer = name + " " + number + " " + line.toString(US_ASCII) + "\n";
            ctx.writeAndFlush(ctx.alloc().buffer().writeBytes(answer.getBytes(US_ASCII)));
        }

        /** A client that resets, as a rule. */
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
