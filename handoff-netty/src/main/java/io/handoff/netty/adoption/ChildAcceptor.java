package io.handoff.netty.adoption;

import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;

/**
 * Does for an adopted connection what a {@code ServerBootstrap} does for an accepted one: gives its channel the program's handlers and an
 * event loop.
 */
interface ChildAcceptor extends AutoCloseable {

    /** What adopted channels have for a parent, as accepted ones have the channel that accepted them. */
    ServerChannel parent();

    /**
     * Chooses where a connection is accepted.
     *
     * @param control the event loop of the handoff connection
     * @return the event loop on which {@link #accept} is to be called
     */
    EventLoop loopFor(EventLoop control);

    /**
     * Has a channel set up and registered, unless the adoption has ended meanwhile.
     *
     * @param gate the adoption, which is told of a failure
     * @param child the channel, which is the gate's
     */
    void accept(AdoptionGate gate, AdoptedChannel child);

    /** Lets go of what it has made for itself. */
    @Override
    void close();
}
