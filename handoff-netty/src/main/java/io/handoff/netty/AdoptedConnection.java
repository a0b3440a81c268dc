package io.handoff.netty;

import io.netty.channel.Channel;

/** An adopted connection whose broker does not know of it yet. It ends by {@link #open} or by {@link #abandon}. */
record AdoptedConnection(Channel channel, AdoptionGate gate) {

    /** The broker knows: the connection is the program's from now on. */
    void open() {
        channel.eventLoop().execute(gate::open);
    }

    /** The broker may not know: the connection must be nobody's. */
    void abandon() {
        channel.close();
    }
}
