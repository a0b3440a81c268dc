package io.handoff.netty;

import io.netty.channel.Channel;

/**
 * An adopted connection whose broker does not know of it yet. It ends by {@link #open} or by {@link #abandon}.
 *
 * @param channel the connection
 * @param gate opens the gate before the program's handlers; to be run on the channel's event loop
 */
record AdoptedConnection(Channel channel, Runnable gate) {

    /** The broker knows: the connection is the program's from now on. */
    void open() {
        channel.eventLoop().execute(gate);
    }

    /** The broker may not know: the connection must be nobody's. */
    void abandon() {
        channel.close();
    }
}
