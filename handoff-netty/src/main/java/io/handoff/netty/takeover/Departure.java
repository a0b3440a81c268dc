package io.handoff.netty.takeover;

import io.netty.channel.Channel;
import java.util.Optional;

/** The program's say on a connection that is to move to the successor: whether it may go now, and what goes with it. */
@FunctionalInterface
public interface Departure {

    /**
     * Lets a connection go, or not yet. It is asked right before each attempt to move the connection, on the connection's event loop, in a
     * task of its own: so no decoder is at work, and nothing of the connection changes before it is held. It must not block. If it throws,
     * the connection stays for now.
     *
     * @param connection a connection that is active
     * @return what the successor is told of the connection ({@code HandedOffConnection.state}), empty bytes for nothing; empty if the
     *     connection cannot go now, because the program owes its client an answer, for one. It is asked again then
     * @throws Exception if it cannot be told
     */
    Optional<byte[]> stateOf(Channel connection) throws Exception;

    /**
     * Lets every connection go at any time, without state.
     *
     * @return such a departure
     */
    static Departure atAnyTime() {
        return connection -> Optional.of(new byte[0]);
    }
}
