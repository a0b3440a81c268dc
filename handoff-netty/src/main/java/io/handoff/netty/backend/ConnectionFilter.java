package io.handoff.netty.backend;

import io.handoff.netty.answer.ControlChannel;
import io.handoff.netty.descriptor.ProcessUid;
import io.handoff.netty.observe.ConnectionRefusal;
import io.handoff.netty.observe.Observers;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.Rejections;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.time.Duration;

/**
 * Stands on the accepting channel and decides for each new connection, before it is registered anywhere, whether it may
 * go on: by its peer, and by the number of connections open.
 */
final class ConnectionFilter extends ChannelInboundHandlerAdapter {

    /** For an offer that is only heard to be rejected: its connection takes a place of the reserve. */
    private static final Duration RESERVE_TIMEOUT = Duration.ofSeconds(1);

    /** Whom the kernel does not name: of no user, so that no policy would permit it. */
    private static final HandoffPeer UNKNOWN = new HandoffPeer(0, -1, -1);

    private final PeerPolicy peerPolicy;
    private final Duration offerTimeout;
    private final ControlConnections connections;
    private final Observers observers;
    private final int overflowUid = ProcessUid.overflow();

    ConnectionFilter(
            PeerPolicy peerPolicy, Duration offerTimeout, ControlConnections connections, Observers observers) {
        this.peerPolicy = peerPolicy;
        this.offerTimeout = offerTimeout;
        this.connections = connections;
        this.observers = observers;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        ControlChannel connection = (ControlChannel) accepted;
        HandoffPeer peer;
        try {
            peer = connection.peer();
        } catch (IOException | ChannelException e) {
            refuseUnknown(ctx, connection, new IOException("cannot tell who has connected: " + e.getMessage(), e));
            return;
        }
        if (!isPermitted(peer)) {
            refuseUnpermitted(ctx, connection, peer);
            return;
        }
        long nowNanos = ctx.executor().ticker().nanoTime();
        switch (connections.tryOpen()) {
            case WITHIN_CAP -> pass(ctx, connection, new Arrival(peer, nowNanos, offerTimeout, null));
            case IN_RESERVE -> pass(ctx, connection, new Arrival(peer, nowNanos, reserveTimeout(), limitReached()));
            case NONE -> refuse(connection, peer, ConnectionRefusal.CONNECTION_LIMIT);
        }
    }

    /** It may have sent its descriptor already, and so is told; but nobody is served whom the policy has not been asked about. */
    private void refuseUnknown(ChannelHandlerContext ctx, ControlChannel connection, IOException failure) {
        observers.callFailed(failure);
        if (connections.tryOpen() == ControlConnections.Place.NONE) {
            refuse(connection, UNKNOWN, ConnectionRefusal.CONNECTION_LIMIT);
        } else {
            long nowNanos = ctx.executor().ticker().nanoTime();
            pass(ctx, connection, new Arrival(UNKNOWN, nowNanos, reserveTimeout(), Rejections.callFailed(failure)));
        }
    }

    /** It may be a broker all the same, which has sent its descriptor already, and so is told whom the kernel takes it for. */
    private void refuseUnpermitted(ChannelHandlerContext ctx, ControlChannel connection, HandoffPeer peer) {
        if (connections.tryOpenUnpermitted()) {
            observers.connectionRefused(peer, ConnectionRefusal.PEER_NOT_PERMITTED);
            HandoffRejection refusal = Rejections.peerNotPermitted(peer.uid(), peer.uid() == overflowUid);
            long nowNanos = ctx.executor().ticker().nanoTime();
            pass(ctx, connection, Arrival.unpermitted(peer, nowNanos, offerTimeout, refusal));
        } else {
            refuse(connection, peer, ConnectionRefusal.PEER_NOT_PERMITTED);
        }
    }

    private static void pass(ChannelHandlerContext ctx, ControlChannel connection, Arrival arrival) {
        connection.attr(Arrival.KEY).set(arrival);
        ctx.fireChannelRead(connection);
    }

    private Duration reserveTimeout() {
        return offerTimeout.compareTo(RESERVE_TIMEOUT) < 0 ? offerTimeout : RESERVE_TIMEOUT;
    }

    private HandoffRejection limitReached() {
        return Rejections.connectionLimit(connections.maxConnections());
    }

    private boolean isPermitted(HandoffPeer peer) {
        try {
            return peerPolicy.permits(peer);
        } catch (Throwable e) { // The program may throw anything; the others are served on.
            observers.failures().peerPolicyFailed(peer, e);
            return false;
        }
    }

    private void refuse(ControlChannel connection, HandoffPeer peer, ConnectionRefusal refusal) {
        connection.unsafe().closeForcibly();
        observers.connectionRefused(peer, refusal);
    }
}
