package io.handoff.netty.adoption;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A listening channel without a socket: the parent of adopted connections, which somebody else has accepted at the address
 * that it is bound to. Lives on any event loop. Not API.
 */
@SuppressWarnings("this-escape") // As every channel of Netty gives itself to its configuration.
public class NominalServerChannel extends AbstractServerChannel implements ServerSocketChannel {

    private final NominalServerChannelConfig config = new NominalServerChannelConfig(this);
    private volatile @Nullable InetSocketAddress address;
    private volatile boolean isOpen = true;

    /** Makes one that is not bound. */
    protected NominalServerChannel() {}

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    public NominalServerChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    @Override
    public boolean isActive() {
        return isOpen && address != null;
    }

    @Override
    protected void doBind(SocketAddress local) throws Exception {
        address = (InetSocketAddress) local;
    }

    @Override
    protected void doClose() throws Exception {
        isOpen = false;
    }

    /** Nothing is accepted here: what is handed off comes whether it is asked for or not. */
    @Override
    protected void doBeginRead() {}

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return address;
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
