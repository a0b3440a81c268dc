package io.handoff.reliability.death;

import io.handoff.testkit.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Where the clients live: in the process of the test, which does not die. */
final class NumberedClients implements AutoCloseable {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());

    /** Connects one over TCP or a Unix-domain socket. */
    NumberedClient connect(SocketAddress broker, Opening opening) throws InterruptedException {
        boolean isTcp = broker instanceof InetSocketAddress;
        Bootstrap bootstrap =
                new Bootstrap().group(loops).channel(isTcp ? EpollSocketChannel.class : EpollDomainSocketChannel.class);
        return NumberedClient.connect(bootstrap, broker, opening);
    }

    @Override
    public void close() {
        EventLoops.end(loops);
    }
}
