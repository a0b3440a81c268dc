package io.handoff.examples.vertx;

import io.handoff.netty.backend.HandoffServer;
import io.handoff.netty.backend.HandoffServerBuilder;
import io.handoff.netty.backend.HandoffServerChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x's own transport for Linux, but that a server that listens at {@link #address} takes the connections that are handed off to it.
 * Servers that listen at a port are as ever.
 */
public final class HandoffTransport implements Transport, io.vertx.core.spi.transport.Transport {

    private final io.vertx.core.spi.transport.Transport epoll = Transport.EPOLL.implementation();
    private final Supplier<HandoffServerBuilder> settings;
    private final SocketAddress address;
    private final InetSocketAddress clientsAddress;
    private volatile @Nullable HandoffServerChannel listener;

    /**
     * Makes one for a {@code Vertx}.
     *
     * @param settings makes the settings of the handoff server
     * @param address what servers are told to listen at: the path of a Unix-domain socket
     * @param clientsAddress where the broker takes clients; what Netty is told that the server listens at
     */
    public HandoffTransport(
            Supplier<HandoffServerBuilder> settings, SocketAddress address, InetSocketAddress clientsAddress) {
        this.settings = settings;
        this.address = address;
        this.clientsAddress = clientsAddress;
    }

    /** The handoff server, from when a server listens. */
    public Optional<HandoffServer> server() {
        HandoffServerChannel bound = listener;
        return bound == null ? Optional.empty() : bound.server();
    }

    /** Vert.x tells Unix-domain addresses from others here, and no more. */
    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        return domainSocket ? this::newListener : epoll.serverChannelFactory(false);
    }

    private HandoffServerChannel newListener() {
        HandoffServerChannel created = new HandoffServerChannel(settings.get());
        listener = created;
        return created;
    }

    @Override
    public java.net.SocketAddress convert(SocketAddress address) {
        return address.equals(this.address) ? clientsAddress : epoll.convert(address);
    }

    /** The clients' connections are TCP connections, whichever way they come. */
    @Override
    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        epoll.configure(options, false, bootstrap);
    }

    // All else is Vert.x's.

    @Override
    public String name() {
        return "handoff";
    }

    @Override
    public boolean available() {
        return epoll.isAvailable();
    }

    @Override
    public boolean isAvailable() {
        return epoll.isAvailable();
    }

    @Override
    public Throwable unavailabilityCause() {
        return epoll.unavailabilityCause();
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return this;
    }

    @Override
    public boolean supportsDomainSockets() {
        return true;
    }

    @Override
    public SocketAddress convert(java.net.SocketAddress address) {
        return epoll.convert(address);
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
        return epoll.ioHandlerFactory();
    }

    @Override
    public DatagramChannel datagramChannel() {
        return epoll.datagramChannel();
    }

    @Override
    @SuppressWarnings("deprecation") // Vert.x's method.
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
        return epoll.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        return epoll.channelFactory(domainSocket);
    }

    @Override
    public void configure(DatagramChannel channel, DatagramSocketOptions options) {
        epoll.configure(channel, options);
    }

    @Override
    public void configure(ClientOptionsBase options, int connectTimeout, boolean domainSocket, Bootstrap bootstrap) {
        epoll.configure(options, connectTimeout, domainSocket, bootstrap);
    }
}
