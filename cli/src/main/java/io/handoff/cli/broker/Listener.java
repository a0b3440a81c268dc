package io.handoff.cli.broker;

import io.handoff.cli.config.ListenAddress;
import io.handoff.cli.config.ListenerConfig;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts clients at one address, and begins with each what the plan of the moment says. Its socket outlives every reading of the file that
 * still has its address.
 */
final class Listener {

    private static final Logger logger = LoggerFactory.getLogger(Listener.class);

    /** The longest address of a peer, behind its length and port. */
    private static final int ADDRESS_BYTES = 256;

    /** What one reading of the file says. */
    private record Orders(ListenerConfig config, Plan plan) {}

    private final ClientSocket socket;
    private final AcceptLimit limit = new AcceptLimit(() -> orders().config().maxConnections());
    private final Channel channel;
    private volatile Orders orders;

    private Listener(
            ClientSocket socket,
            Orders orders,
            EventLoopGroup loops,
            OpenClients clients,
            ClientSession.Audience audience) {
        this.socket = socket;
        this.orders = orders;
        this.channel = new ServerBootstrap()
                .group(loops)
                .channelFactory(this::newChannel)
                .handler(limit)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(new ClientHold(), new Beginning(clients, audience));
                    }
                })
                .register()
                .syncUninterruptibly()
                .channel();
    }

    /**
     * Opens the socket and accepts from now on.
     *
     * @throws IOException naming the address and what is wrong
     */
    static Listener open(
            ListenerConfig config,
            Plan plan,
            EventLoopGroup loops,
            OpenClients clients,
            ClientSession.Audience audience)
            throws IOException {
        return new Listener(ClientSocket.open(config), new Orders(config, plan), loops, clients, audience);
    }

    private ServerChannel newChannel() {
        int descriptor = socket.socket().intValue();
        return socket.transport() == BrokerReport.Transport.TCP
                ? new EpollServerSocketChannel(descriptor)
                : new EpollServerDomainSocketChannel(descriptor, true);
    }

    /** Begins with a client once it is active. */
    private final class Beginning extends ChannelInboundHandlerAdapter {
        private final OpenClients clients;
        private final ClientSession.Audience audience;

        Beginning(OpenClients clients, ClientSession.Audience audience) {
            this.clients = clients;
            this.audience = audience;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            Channel client = ctx.channel();
            client.pipeline().remove(this);
            Orders now = orders();
            if (client instanceof EpollSocketChannel) {
                client.config()
                        .setOption(ChannelOption.SO_KEEPALIVE, now.config().keepAlive());
            }
            ClientSession.begin(client, now.config(), now.plan(), clients, audience);
        }
    }

    private Orders orders() {
        return orders;
    }

    ListenerConfig config() {
        return orders.config();
    }

    BrokerReport.Listening report() {
        return new BrokerReport.Listening(socket.text(), socket.transport());
    }

    /** Why the socket cannot stay open for these settings; null if it can. */
    @Nullable
    String obstacle(ListenerConfig next) {
        return next.reusePort() == config().reusePort()
                ? null
                : "reusePort of " + next.address().text() + " cannot change while it is open; restart the broker";
    }

    /** Does what another reading of the file says, for clients that come from now on. */
    void follow(ListenerConfig next, Plan plan) {
        boolean isBacklogNew = next.backlog() != config().backlog();
        orders = new Orders(next, plan);
        if (isBacklogNew) {
            try {
                // Of a socket that listens already this changes the backlog only.
                socket.socket().listen(next.backlog());
            } catch (IOException e) {
                logger.warn("the backlog of {} stays as it was", socket.text(), e);
            }
        }
        limit.reconsider(channel);
    }

    /** Accepts those who wait, and then no more; clients that are connected stay. */
    void close() {
        channel.eventLoop().submit(this::acceptTheLast).syncUninterruptibly();
        channel.close().syncUninterruptibly();
    }

    /** Closing a listening socket resets those in its backlog. A socket that systemd keeps goes on without us. */
    private void acceptTheLast() {
        if (config().address() instanceof ListenAddress.Systemd) {
            return;
        }
        socket.removeFile();
        try {
            if (socket.transport() == BrokerReport.Transport.UNIX) {
                // Lets nobody else in, and keeps those who wait. One of TCP would drop them.
                socket.socket().shutdown(true, false);
            }
            byte[] address = new byte[ADDRESS_BYTES];
            for (int fd = socket.socket().accept(address);
                    fd >= 0;
                    fd = socket.socket().accept(address)) {
                channel.pipeline().fireChannelRead(clientOf(fd));
            }
            channel.pipeline().fireChannelReadComplete();
        } catch (IOException | RuntimeException e) {
            logger.warn("not all who waited at {} could be accepted", socket.text(), e);
        }
    }

    private Channel clientOf(int descriptor) throws IOException {
        try {
            return socket.transport() == BrokerReport.Transport.TCP
                    ? new EpollSocketChannel(descriptor)
                    : new EpollDomainSocketChannel(descriptor);
        } catch (RuntimeException e) {
            new FileDescriptor(descriptor).close();
            throw e;
        }
    }
}
