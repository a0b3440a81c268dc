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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The socket at which a broker's clients connect. */
final class ClientListener {

    /** {@code sun_path} holds 108 bytes, the last of them zero (unix(7)). */
    private static final int MAX_PATH_BYTES = 107;

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
            makeWay(unix);
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
            throw cannotListen(address, String.valueOf(bound.cause().getMessage()));
        }
        return new ClientListener(bound.channel());
    }

    private static Class<? extends ServerChannel> channelType(SocketAddress address) {
        return address instanceof DomainSocketAddress
                ? EpollServerDomainSocketChannel.class
                : EpollServerSocketChannel.class;
    }

    /** To be called before Netty binds, which cuts a long path off and deletes whatever file is there. */
    private static void makeWay(DomainSocketAddress address) throws IOException {
        Path path = Path.of(address.path());
        int length = address.path().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH_BYTES) {
            throw cannotListen(address, "the path has " + length + " bytes; at most " + MAX_PATH_BYTES + " fit");
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & FILE_TYPE_MASK) != SOCKET_FILE_TYPE) {
            throw cannotListen(address, "it exists and is no socket");
        }
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
            throw cannotListen(address, "another process listens there");
        } catch (ConnectException e) {
            // Nobody listens there any more.
            Files.delete(path);
        }
    }

    private static IOException cannotListen(SocketAddress address, String why) {
        return new IOException("cannot listen on " + text(address) + ": " + why);
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
