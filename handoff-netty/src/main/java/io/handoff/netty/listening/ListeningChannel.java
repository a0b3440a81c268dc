package io.handoff.netty.listening;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.AbstractEpollServerChannel;
import io.netty.channel.epoll.EpollChannelConfig;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel of a Unix-domain socket that listens already. Unlike Netty's, it deletes no file when it closes, and a connection
 * of which no channel can be made is closed rather than left open, with its broker waiting and the client's descriptor in it. Not API.
 */
public final class ListeningChannel extends AbstractEpollServerChannel {

    private static final Logger logger = LoggerFactory.getLogger(ListeningChannel.class);

    private final EpollChannelConfig config = new EpollChannelConfig(this, new ServerChannelRecvByteBufAllocator()) {};

    private final IntFunction<Channel> connections;

    /** Takes the socket over, and what makes the channel of a connection of its descriptor. */
    ListeningChannel(Socket listening, IntFunction<Channel> connections) {
        super(listening.intValue());
        this.connections = connections;
        active = true;
    }

    @Override
    protected Channel newChildChannel(int accepted, byte[] remote, int offset, int length) {
        return connectionOf(accepted);
    }

    /**
     * Makes the channel of a connection that was accepted.
     *
     * @param accepted its descriptor, which is the channel's from now on
     * @return the channel
     * @throws io.netty.channel.ChannelException if that fails; the connection is closed then
     */
    public Channel connectionOf(int accepted) {
        try {
            return connections.apply(accepted);
        } catch (Throwable e) {
            close(accepted);
            throw e;
        }
    }

    private static void close(int accepted) {
        try {
            new FileDescriptor(accepted).close();
        } catch (IOException e) {
            // The number is free all the same (close(2)).
            logger.warn("closing an accepted connection failed", e);
        }
    }

    @Override
    public EpollChannelConfig config() {
        return config;
    }
}
