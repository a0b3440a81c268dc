package io.handoff.cli;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The socket at which a broker's clients connect. */
final class ClientListener {

    private static final int FILE_TYPE_MASK = 0170000;
    private static final int SOCKET_FILE_TYPE = 0140000;

    private final Channel acceptor;

    private ClientListener(Channel acceptor) {
        this.acceptor = acceptor;
    }

    /** Accepts clients at a TCP or Unix-domain address, each to be served by these handlers. */
    static ClientListener open(SocketAddress address, EventLoopGroup loops, ChannelHandler... handlers)
            throws IOException {
        if (address instanceof DomainSocketAddress unix) {
            removeStale(Path.of(unix.path()));
        }
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(channelType(address))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(handlers);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + text(address) + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new ClientListener(bound.channel());
    }

    private static Class<? extends ServerChannel> channelType(SocketAddress address) {
        return address instanceof DomainSocketAddress
                ? EpollServerDomainSocketChannel.class
                : EpollServerSocketChannel.class;
    }

    /** Removes a socket file at which nobody listens any more; anything else there makes the bind fail. */
    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & FILE_TYPE_MASK) != SOCKET_FILE_TYPE) {
            return;
        }
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
        } catch (ConnectException e) {
            Files.delete(path);
        }
    }

    /** Where clients connect: the port is the real one. */
    String address() {
        return text(acceptor.localAddress());
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress tcp ? NetUtil.toSocketAddressString(tcp) : address.toString();
    }

    /** Accepts no more, and removes the socket file; clients that are connected stay. */
    void close() {
        acceptor.close().syncUninterruptibly();
    }
}
