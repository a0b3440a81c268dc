package io.handoff.netty.backend;

import io.handoff.netty.answer.DrainEvent;
import io.handoff.netty.observe.ConnectionCounts;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open handoff connections of one server: counted against the cap from the moment they are accepted, and led to
 * their end when the server drains. Safe from any thread.
 *
 * <p>Whoever has connected may have sent a descriptor already, and loses its client if nobody answers. So a bounded number of
 * connections over the cap, the reserve, is let in to be told that there is no place. As many more are let in of peers that are not
 * permitted, to be told that; they take nobody's place.
 */
final class ControlConnections {

    private static final int LEAST_RESERVE = 16;
    private static final int LARGEST_RESERVE = 256;

    private final int maxConnections;
    private final int reserve;
    private final ConnectionCounts counts;

    /** Among the open ones those of peers that are not permitted. */
    private final AtomicInteger unpermitted = new AtomicInteger();

    private final ChannelGroup served = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    /** On none of the server's loops, which may end before. */
    private final Promise<Void> allClosed = GlobalEventExecutor.INSTANCE.newPromise();

    private volatile boolean isDraining;
    private volatile boolean noneFollows;

    /** Takes the cap, and where the connections are counted. */
    ControlConnections(int maxConnections, ConnectionCounts counts) {
        this.maxConnections = maxConnections;
        this.reserve = Math.max(LEAST_RESERVE, Math.min(maxConnections, LARGEST_RESERVE));
        this.counts = counts;
    }

    /** Whether a new connection has a place. */
    enum Place {
        /** It is served. */
        WITHIN_CAP,
        /** Its first offer is rejected, and it is closed. */
        IN_RESERVE,
        /** It is not let in, and has not been counted. */
        NONE
    }

    /** Counts a new connection, unless it has no place. */
    Place tryOpen() {
        int open = counts.open.incrementAndGet() - unpermitted.get();
        if (open > maxConnections + reserve) {
            openEnded();
            return Place.NONE;
        }
        counts.opened.increment();
        return open > maxConnections ? Place.IN_RESERVE : Place.WITHIN_CAP;
    }

    /** Counts a new connection of a peer that is not permitted, unless as many as may be are open. */
    boolean tryOpenUnpermitted() {
        if (unpermitted.incrementAndGet() > reserve) {
            unpermitted.decrementAndGet();
            return false;
        }
        counts.open.incrementAndGet();
        return true;
    }

    int maxConnections() {
        return maxConnections;
    }

    /** Ends the count of a connection when its channel closes; from now on nobody else has to. */
    void follow(Channel connection, Arrival arrival) {
        connection.closeFuture().addListener(closed -> closed(arrival));
    }

    /** Ends the count of a connection that was never registered: the close future of its channel would not tell. */
    void closed(Arrival arrival) {
        // In this order the others are at no moment counted too low.
        if (!arrival.isPermitted()) {
            unpermitted.decrementAndGet();
        }
        openEnded();
    }

    private void openEnded() {
        if (counts.open.decrementAndGet() == 0 && noneFollows) {
            allClosed.trySuccess(null);
        }
    }

    /** Takes in an opened connection once its pipeline stands. */
    void serve(Channel connection) {
        served.add(connection);
        if (isDraining) {
            connection.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE);
        }
    }

    /** From now on each connection answers the offer that it is about, or its first, and is then closed. */
    void drain() {
        isDraining = true;
        served.forEach(connection -> connection.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE));
    }

    /**
     * Nothing is accepted any more.
     *
     * @return completed when every connection is closed
     */
    Future<Void> allClosed() {
        noneFollows = true;
        if (counts.open.get() == 0) {
            allClosed.trySuccess(null);
        }
        return allClosed;
    }

    /** Closes what is open, whatever it is about. */
    void closeAll() {
        served.close();
    }
}
