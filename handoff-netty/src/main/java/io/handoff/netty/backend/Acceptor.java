package io.handoff.netty.backend;

import io.handoff.netty.answer.ControlChannel;
import io.handoff.netty.listening.ListeningChannel;
import io.handoff.netty.listening.ListeningSocket;
import io.handoff.netty.observe.ServerObserver;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts the connections of one listening socket: pauses where accept(2) fails, and in the end lets nobody else in but everybody
 * who waits. Everything that changes its state runs on its event loop.
 */
final class Acceptor {

    /** Read at once from a connection that has not shown yet that it sends more: some 8 offers. */
    private static final int FIRST_READ_BYTES = 512;

    /** Read at most from one connection before the others have their turn: some 130 offers. */
    private static final int READ_BYTES = 8 * 1024;

    /** ACKs that wait for room in the socket's buffer before nothing more is read from the peer: some 150. */
    private static final int UNREAD_ACK_BYTES = 8 * 1024;

    /** How soon what waits is tried again in the end: answered connections give their descriptors back meanwhile. */
    private static final Duration LAST_RETRY = Duration.ofMillis(20);

    private static final Logger logger = LoggerFactory.getLogger(Acceptor.class);

    private final ListeningSocket socket;
    private final EventLoop loop;
    private final ServerObserver observer;
    private final AcceptFailureHandler failures;
    private final ChannelFuture registered;

    /** Not on the loop, which may end before. */
    private final Promise<Void> finished = GlobalEventExecutor.INSTANCE.newPromise();

    private volatile boolean isStopped;

    /** Begins to accept on the loop, once it is registered there; each connection is served on one of the loops. */
    Acceptor(
            ListeningSocket socket,
            EventLoop loop,
            EventLoopGroup loops,
            ServerObserver observer,
            ChannelHandler filter,
            ChannelHandler receiver,
            ChannelHandler initializer) {
        this.socket = socket;
        this.loop = loop;
        this.observer = observer;
        this.failures = new AcceptFailureHandler(observer, () -> isStopped);
        this.registered = new ServerBootstrap()
                .group(loop, loops)
                .channelFactory(() -> socket.toChannel(ControlChannel::new))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel acceptor) {
                        acceptor.pipeline().addLast(filter, receiver, failures);
                    }
                })
                // A peer that has sent its offer and shut its writing side still waits for its ACK.
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                // However much a peer sends, the others have their turn.
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(FIRST_READ_BYTES, FIRST_READ_BYTES, READ_BYTES)
                                .maxMessagesPerRead(1))
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(UNREAD_ACK_BYTES / 2, UNREAD_ACK_BYTES))
                .childHandler(initializer)
                .register();
        channel().closeFuture().addListener(closed -> {
            socket.removeFile();
            finished.trySuccess(null);
        });
    }

    /** Completes when it accepts. */
    ChannelFuture registered() {
        return registered;
    }

    Channel channel() {
        return registered.channel();
    }

    boolean isAccepting() {
        return channel().isActive() && channel().config().isAutoRead() && !isStopped;
    }

    /** Why accept(2) failed most recently; null if it never did. */
    @Nullable
    IOException lastFailure() {
        return failures.lastFailure();
    }

    /** Leaves what connects from now on to the next who takes the socket. Only for one that was passed to this process. */
    void leaveToTheNext() {
        isStopped = true;
        // Done elsewhere than on the loop this would leave a read that is pending, and so one more connection would be
        // accepted.
        try {
            loop.execute(() -> channel().config().setAutoRead(false));
        } catch (RejectedExecutionException e) {
            logger.debug("the event loop of {} has ended before, and accepts nobody", socket.path(), e);
        }
    }

    /**
     * Lets nobody else in, and accepts everybody who has connected; who waits at a socket that was passed to this process is the next
     * one's. Connections that have not opened yet still need the channel, so it stays open.
     *
     * @return completed when nobody waits any more
     */
    Future<Void> finish() {
        isStopped = true;
        // On the loop, which may be accepting just now.
        loop.execute(socket.isPassed() ? () -> finished.trySuccess(null) : this::shutAndTakeWhoWaits);
        return finished;
    }

    /** A connect that finds the file no more, or has found it just before, is refused from here on (unix(7)). */
    private void shutAndTakeWhoWaits() {
        if (!channel().isOpen()) {
            return;
        }
        channel().config().setAutoRead(false);
        try {
            listening().shutdown(true, false);
        } catch (IOException | ChannelException e) {
            logger.warn("cannot shut {}: who connects at this moment is not answered", socket.path(), e);
        }
        takeWhoWaits();
    }

    private void takeWhoWaits() {
        if (!channel().isOpen()) {
            return;
        }
        try {
            for (Channel next = acceptNext(); next != null; next = acceptNext()) {
                channel().pipeline().fireChannelRead(next);
            }
            channel().pipeline().fireChannelReadComplete();
            finished.trySuccess(null);
        } catch (ClosedChannelException e) {
            logger.debug("{} was closed meanwhile", socket.path(), e);
        } catch (IOException e) {
            observer.acceptFailed(e);
            loop.schedule(this::takeWhoWaits, LAST_RETRY.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private @Nullable Channel acceptNext() throws IOException {
        while (true) {
            // The peer's name is asked for by nobody.
            int accepted = listening().accept(new byte[128]);
            if (accepted < 0) {
                return null;
            }
            try {
                return listeningChannel().connectionOf(accepted);
            } catch (ChannelException e) {
                channel().pipeline().fireExceptionCaught(e);
            }
        }
    }

    private Socket listening() {
        return (Socket) listeningChannel().fd();
    }

    private ListeningChannel listeningChannel() {
        return (ListeningChannel) channel();
    }

    /** Closes the socket, with the connections that have not opened yet. Whoever still waits is not answered. */
    ChannelFuture close() {
        isStopped = true;
        return channel().close();
    }
}
