package io.handoff.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands on the accepting channel and decides for each new connection, before it is registered anywhere, whether it may
 * go on: by its peer, and by the number of connections open.
 */
final class ConnectionGate extends ChannelInboundHandlerAdapter {

    private static final Logger logger = LoggerFactory.getLogger(ConnectionGate.class);

    private final PeerPolicy peerPolicy;
    private final ControlConnections connections;
    private final ProgramFailureLog failures;
    private final HandoffListener listener;

    ConnectionGate(
            PeerPolicy peerPolicy,
            ControlConnections connections,
            ProgramFailureLog failures,
            HandoffListener listener) {
        this.peerPolicy = peerPolicy;
        this.failures = failures;
        this.connections = connections;
        this.listener = listener;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        EpollDomainSocketChannel connection = (EpollDomainSocketChannel) accepted;
        HandoffPeer peer;
        try {
            peer = HandoffPeer.of(connection);
        } catch (IOException e) {
            logger.warn("cannot tell who connected, closing the connection", e);
            connection.unsafe().closeForcibly();
            return;
        }
        if (!isPermitted(peer)) {
            refuse(connection, peer, ConnectionRefusal.PEER_NOT_PERMITTED);
        } else if (!connections.tryOpen()) {
            refuse(connection, peer, ConnectionRefusal.CONNECTION_LIMIT);
        } else {
            connection
                    .attr(Arrival.KEY)
                    .set(new Arrival(peer, ctx.executor().ticker().nanoTime()));
            ctx.fireChannelRead(connection);
        }
    }

    private boolean isPermitted(HandoffPeer peer) {
        try {
            return peerPolicy.permits(peer);
        } catch (RuntimeException e) {
            failures.peerPolicyFailed(peer, e);
            return false;
        }
    }

    private void refuse(EpollDomainSocketChannel connection, HandoffPeer peer, ConnectionRefusal refusal) {
        connection.unsafe().closeForcibly();
        listener.connectionRefused(peer, refusal);
    }
}
