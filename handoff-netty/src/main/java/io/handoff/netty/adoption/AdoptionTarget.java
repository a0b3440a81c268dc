package io.handoff.netty.adoption;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.util.function.Function;

/** Where adopted connections go: a setting, from which each server makes its own acceptor. Not API. */
public final class AdoptionTarget {

    private final Function<EventLoopGroup, ChildAcceptor> acceptors;

    private AdoptionTarget(Function<EventLoopGroup, ChildAcceptor> acceptors) {
        this.acceptors = acceptors;
    }

    /**
     * To the program's event loops, in turn, with its initializer.
     *
     * @param workers the loops
     * @param initializer the program's, one for all connections
     * @return the target
     */
    public static AdoptionTarget of(EventLoopGroup workers, ChannelHandler initializer) {
        return new AdoptionTarget(controlLoops -> new BootstrapAcceptor(controlLoops, workers, initializer));
    }

    /**
     * To whatever the program's own listening channel does with the connections that it accepts.
     *
     * @param listener the listening channel, which is registered
     * @return the target
     * @throws IllegalArgumentException if the channel is not registered
     */
    public static AdoptionTarget of(ServerChannel listener) {
        if (!listener.isRegistered()) {
            throw new IllegalArgumentException(
                    "listener was " + listener + ", which is not registered; expected a channel that listens already");
        }
        return new AdoptionTarget(controlLoops -> new ListenerAcceptor(listener));
    }

    /**
     * Checks that a handler can serve as initializer of many connections.
     *
     * @param initializer the handler
     * @return the same
     * @throws IllegalArgumentException if it can be added to one pipeline only
     */
    public static ChannelHandler checkInitializer(ChannelHandler initializer) {
        if (initializer instanceof ChannelHandlerAdapter handler && !handler.isSharable()) {
            throw new IllegalArgumentException(
                    "initializer was a " + initializer.getClass().getName()
                            + ", which is not @Sharable and could serve one connection only; expected a ChannelInitializer that"
                            + " adds a new one to each connection");
        }
        return initializer;
    }

    ChildAcceptor acceptor(EventLoopGroup controlLoops) {
        return acceptors.apply(controlLoops);
    }
}
