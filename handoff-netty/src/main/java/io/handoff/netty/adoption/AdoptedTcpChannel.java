package io.handoff.netty.adoption;

import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** An adopted TCP connection. */
final class AdoptedTcpChannel extends AdoptedChannel implements SocketChannel {

    private final StreamChannelConfig config;

    AdoptedTcpChannel(
            ServerChannel parent,
            int descriptor,
            @Nullable SocketAddress remote,
            SocketCalls calls,
            Runnable whenClosedEarly) {
        super(parent, descriptor, remote, calls, whenClosedEarly);
        config = StreamChannelConfig.ofTcp(this);
        holdReads();
    }

    @Override
    public StreamChannelConfig config() {
        return config;
    }

    @Override
    SocketAddress askForLocalAddress() {
        return socket.localAddress();
    }

    @Override
    public ServerSocketChannel parent() {
        return (ServerSocketChannel) super.parent();
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }
}
