package io.handoff.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the descriptor of a client's connection into a channel of the program's, on an event loop of the program's, with
 * the program's initializer run and nothing else happened yet.
 */
final class ConnectionAdopter {

    private static final Logger logger = LoggerFactory.getLogger(ConnectionAdopter.class);

    private final SocketCalls calls;
    private final DescriptorCheck check;
    private final EventLoopGroup workers;
    private final ChannelHandler initializer;

    ConnectionAdopter(SocketCalls calls, DescriptorCheck check, EventLoopGroup workers, ChannelHandler initializer) {
        this.calls = calls;
        this.check = check;
        this.workers = workers;
        this.initializer = initializer;
    }

    /** Why the descriptor cannot be adopted; null if it can. */
    @Nullable
    HandoffRejection refusalOf(OwnedDescriptor descriptor) {
        return check.refusalOf(descriptor);
    }

    /**
     * Adopts a connection that {@link #refusalOf} has let pass. The descriptor is no longer the caller's, however
     * this comes out: if it fails, it has been closed, and the connection behind it has not been touched.
     *
     * @param control the event loop of the handoff connection, on which the future completes. If it is one of the program's
     *     own for adopted connections, this one lives there, too: each change of thread would take longer than all else
     */
    Future<AdoptedConnection> adopt(OwnedDescriptor descriptor, HandedOffConnection origin, EventLoop control) {
        Promise<AdoptedConnection> adopted = control.newPromise();
        EventLoop worker = control.parent() == workers ? control : workers.next();
        if (worker.isShuttingDown()) {
            descriptor.close();
            return adopted.setFailure(
                    new IllegalStateException("the event loops of adopted connections are shut down"));
        }
        try {
            Channel channel = newChannel(descriptor);
            boolean wasNonBlocking = setNonBlocking(channel);
            Runnable beforeEarlyClose = wasNonBlocking ? () -> {} : () -> setBlocking(channel);
            channel.attr(HandedOffConnection.KEY).set(origin);
            channel.pipeline().addLast(new AdoptionGate(beforeEarlyClose, adopted), initializer);
            worker.register(channel).addListener(registered -> {
                if (!registered.isSuccess()) {
                    adopted.tryFailure(registered.cause());
                }
            });
        } catch (IOException | RuntimeException e) {
            adopted.tryFailure(e);
        }
        return adopted;
    }

    private static Channel newChannel(OwnedDescriptor descriptor) throws IOException {
        boolean isUnix = DescriptorCheck.isUnixSocket(descriptor);
        return descriptor.transferTo(
                number -> isUnix ? new EpollDomainSocketChannel(number, true) : new EpollSocketChannel(number));
    }

    /** Netty reads and writes without expecting to wait; the broker may have served the connection with waiting. */
    private boolean setNonBlocking(Channel channel) throws IOException {
        try {
            return calls.setNonBlocking(((UnixChannel) channel).fd(), true);
        } catch (IOException e) {
            channel.unsafe().closeForcibly();
            throw e;
        }
    }

    /** The broker, whose copy shares the flag, may go on with the connection as it had it. */
    private void setBlocking(Channel channel) {
        try {
            calls.setNonBlocking(((UnixChannel) channel).fd(), false);
        } catch (IOException e) {
            logger.warn("cannot give a connection back as it came: it stays non-blocking", e);
        }
    }
}
