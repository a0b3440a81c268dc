package io.handoff.netty.takeover;

import java.time.Duration;

/**
 * What has become of a takeover, at its end or on the way. Each connection that it knows of is counted in one of {@code moved},
 * {@code lost}, {@code ended}, {@code busy}, {@code rejected} and {@code waiting}.
 *
 * @param end how it has ended; {@link End#NOT_YET} on the way
 * @param moved connections that the successor has accepted
 * @param lost connections of which nobody knows who has them, or that the successor has accepted without what was to travel with them. They are
 *     closed here
 * @param ended connections that have ended by themselves, or that somebody else has moved or closed
 * @param busy connections that are here because they could not go when they were asked last
 * @param rejected connections that are here because the successor has rejected them, or could not be reached, when that was tried last
 * @param waiting connections whose turn has not come
 * @param closed how many of those that were here at the end were closed, because the time was over
 * @param rejections how often a connection was rejected, or the successor could not be reached for it; one connection may be several times
 * @param problem why a connection stayed or was lost, as of the last time; empty if none was. It holds no token and no state
 * @param waited how long the successor was waited for
 * @param moving how long connections have been moving since
 * @param slowest how long the slowest handoff has taken, of those that were accepted
 */
public record TakeoverReport(
        End end,
        int moved,
        int lost,
        int ended,
        int busy,
        int rejected,
        int waiting,
        int closed,
        long rejections,
        String problem,
        Duration waited,
        Duration moving,
        Duration slowest) {

    /** How a takeover ends. */
    public enum End {
        /** It goes on. */
        NOT_YET,
        /** No connection is left here. */
        COMPLETE,
        /** The time was over. What was left here was closed. */
        DEADLINE,
        /** Nobody has listened at the successor's socket in time. Nothing has moved, and nothing was closed. */
        NO_SUCCESSOR,
        /** The program has cancelled it. What had not moved by then is here, and served. */
        CANCELLED
    }

    /**
     * Counts the connections that are still the program's, or were until they were closed at the end.
     *
     * @return how many
     */
    public int left() {
        return busy + rejected + waiting;
    }
}
