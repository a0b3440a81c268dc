package io.handoff.netty.backend;

import io.handoff.netty.adoption.NominalServerChannel;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A listening channel for frameworks that take a channel factory in place of a listening TCP socket: {@code bind} starts a
 * {@link HandoffServer}, and the connections that are handed off to it are the children.
 *
 * <pre>{@code
 * NettyServerBuilder.forAddress(address)
 *         .channelFactory(() -> new HandoffServerChannel(HandoffServer.builder(path)))
 * }</pre>
 *
 * <p><b>Address.</b> The socket is at the path of the builder. The address to which the framework binds the channel is
 * nominal: the one at which the broker takes clients, say. {@code localAddress()} returns it. Nothing listens there.
 *
 * <p><b>Threading.</b> Handoff connections are served on the event loop of this channel, unless the builder names other control
 * loops. It runs an {@code EpollIoHandler}, and so do those of the children.
 *
 * <p><b>Ownership.</b> Closing the channel begins the {@linkplain HandoffServer#shutdownGracefully graceful shutdown} of the server, with
 * the time for one offer as timeout, and does not wait for it. Whoever has connected by then is answered with a rejection, so that its
 * broker can fall back. The future of {@code server().shutdownGracefully(…)} tells when that is done.
 */
public final class HandoffServerChannel extends NominalServerChannel {

    private final HandoffServerBuilder builder;
    private volatile @Nullable HandoffServer server;

    /**
     * Makes a channel that is not bound yet.
     *
     * @param builder the settings of the server. Where connections are adopted into is set here. One builder serves one channel
     */
    public HandoffServerChannel(HandoffServerBuilder builder) {
        this.builder = builder;
    }

    /**
     * Gives access to the server, to its tokens and counts.
     *
     * @return the server; empty until the channel is bound
     */
    public Optional<HandoffServer> server() {
        return Optional.ofNullable(server);
    }

    /** Makes the socket file. It does not block, and so fails at once if it fails. */
    @Override
    protected void doBind(SocketAddress nominal) throws Exception {
        if (builder.controlLoops == null) {
            builder.controlLoops(eventLoop());
        }
        HandoffServer bound = HandoffServer.open(builder.adoptInto(this));
        bound.acceptor.registered().addListener(accepting -> {
            if (!accepting.isSuccess()) {
                pipeline().fireExceptionCaught(accepting.cause());
                close();
            }
        });
        server = bound;
        super.doBind(nominal);
    }

    @Override
    protected void doClose() throws Exception {
        super.doClose();
        HandoffServer bound = server;
        if (bound != null) {
            bound.shutdownGracefully(Duration.ZERO, builder.offerTimeout);
        }
    }
}
