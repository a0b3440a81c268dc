package io.handoff.netty;

import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.EventLoops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The program around a {@code HandoffBroker}: accepts clients and echoes what they say, until they are handed off. */
public final class FakeBroker implements AutoCloseable {

    public final EventLoopGroup loops;

    private final BlockingQueue<Accepted> accepted = new LinkedBlockingQueue<>();
    private final List<BlockingSocket> clients = new ArrayList<>();
    private final ServerBootstrap bootstrap = new ServerBootstrap().childHandler(new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Echo());
        }
    });
    private SocketAddress address = new InetSocketAddress(0);

    public FakeBroker() {
        this(new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory()));
    }

    /** With event loops of the test's, which end with the program. */
    public FakeBroker(EventLoopGroup loops) {
        this.loops = loops;
        bootstrap.group(loops);
    }

    public <T> FakeBroker childOption(ChannelOption<T> option, T value) {
        bootstrap.childOption(option, value);
        return this;
    }

    /** Has the clients' channels read no more at once. */
    @SuppressWarnings("deprecation") // Netty means to restrict who sets it, and has no other way yet.
    public FakeBroker smallReads(int bytes) {
        return childOption(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(bytes));
    }

    public FakeBroker listenOnTcp() throws InterruptedException {
        bootstrap.channel(EpollServerSocketChannel.class);
        address = bootstrap
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel()
                .localAddress();
        return this;
    }

    public FakeBroker listenOnUnix(Path path) throws InterruptedException {
        bootstrap.channel(EpollServerDomainSocketChannel.class);
        bootstrap.bind(new DomainSocketAddress(path.toFile())).sync();
        address = UnixDomainSocketAddress.of(path);
        return this;
    }

    public Served connect() throws Exception {
        BlockingSocket client = BlockingSocket.connect(address);
        clients.add(client);
        Accepted next = accepted.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("the client was not accepted");
        }
        return new Served(client, next.channel(), next.echo());
    }

    @Override
    public void close() {
        for (BlockingSocket client : clients) {
            client.close();
        }
        EventLoops.end(loops);
    }

    private record Accepted(Channel channel, Echo echo) {}

    /** A client and its channel. */
    public record Served(BlockingSocket client, Channel channel, Echo echo) {}

    /** Echoes, and remembers what it was told of the channel's life. */
    public final class Echo extends ChannelInboundHandlerAdapter {

        public final Queue<String> events = new ConcurrentLinkedQueue<>();

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            accepted.add(new Accepted(ctx.channel(), this));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.writeAndFlush(msg);
        }

        @Override
        public void channelRegistered(ChannelHandlerContext ctx) {
            events.add("registered");
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext ctx) {
            events.add("unregistered");
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            events.add("inactive");
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            events.add("removed");
        }
    }
}
