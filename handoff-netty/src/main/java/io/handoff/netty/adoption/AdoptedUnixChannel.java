package io.handoff.netty.adoption;

import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** An adopted connection of a Unix-domain socket. */
final class AdoptedUnixChannel extends AdoptedChannel implements DomainSocketChannel {

    private final StreamChannelConfig config;

    AdoptedUnixChannel(
            ServerChannel parent,
            int descriptor,
            @Nullable SocketAddress remote,
            SocketCalls calls,
            Runnable whenClosedEarly) {
        super(parent, descriptor, remote, calls, whenClosedEarly);
        config = StreamChannelConfig.ofUnix(this);
        holdReads();
    }

    @Override
    public StreamChannelConfig config() {
        return config;
    }

    @Override
    SocketAddress askForLocalAddress() {
        return socket.localDomainSocketAddress();
    }

    @Override
    public DomainSocketAddress localAddress() {
        return (DomainSocketAddress) super.localAddress();
    }

    @Override
    public DomainSocketAddress remoteAddress() {
        return (DomainSocketAddress) super.remoteAddress();
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        return message instanceof FileDescriptor ? message : super.filterOutboundMessage(message);
    }

    @Override
    protected int doWriteSingle(ChannelOutboundBuffer in) throws Exception {
        if (in.current() instanceof FileDescriptor passed && socket.sendFd(passed.intValue()) > 0) {
            in.remove();
            return 1;
        }
        return super.doWriteSingle(in);
    }
}
