package io.handoff.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands on the accepting channel and receives, before a connection is registered as a channel anywhere, the 16 bytes
 * and the one descriptor that open it (WIRE §2): Netty's own reading would throw the descriptor away, and a registered
 * channel may read at any moment.
 *
 * <p>The 16 bytes may come in pieces, the descriptor on the first of them; nothing behind them is read. A connection that
 * has opened as it should goes on to the bootstrap's acceptor; so does one whose descriptor the kernel could not install,
 * for its offer to be rejected. Any other is closed with every descriptor that came on it, and told as a
 * {@link HandoffWireException}.
 */
final class DescriptorReceiver extends ChannelInboundHandlerAdapter {

    private static final Logger logger = LoggerFactory.getLogger(DescriptorReceiver.class);

    private final SocketCalls calls;
    private final DescriptorPolicy policy;
    private final boolean isTokenExpected;
    private final HandoffTokens tokens;
    private final DescriptorCounts descriptors;
    private final Duration deadline;
    private final ControlConnections connections;
    private final HandoffListener listener;

    /** The connections that have not opened yet. */
    private final Set<Opening> openings = new HashSet<>();

    DescriptorReceiver(
            SocketCalls calls,
            HandoffServerConfig config,
            HandoffTokens tokens,
            DescriptorCounts descriptors,
            ControlConnections connections,
            HandoffListener listener) {
        this.calls = calls;
        this.policy = config.descriptors();
        this.isTokenExpected = config.expectedTokens().isCarried();
        this.tokens = tokens;
        this.descriptors = descriptors;
        this.deadline = config.offerTimeout();
        this.connections = connections;
        this.listener = listener;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        EpollDomainSocketChannel connection = (EpollDomainSocketChannel) accepted;
        if (policy == DescriptorPolicy.NONE) {
            passOn(ctx, connection);
        } else {
            Opening opening = new Opening(ctx, connection);
            openings.add(opening);
            opening.receive();
        }
    }

    private void passOn(ChannelHandlerContext ctx, EpollDomainSocketChannel connection) {
        connections.follow(connection);
        ctx.fireChannelRead(connection);
    }

    /** The server has closed: what has not opened by now never will. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Set.copyOf(openings).forEach(Opening::close);
        ctx.fireChannelInactive();
    }

    /** One connection on its way to its 16 bytes. */
    private final class Opening implements EpollIoHandle {

        private final ChannelHandlerContext ctx;
        private final EpollDomainSocketChannel connection;
        private final Arrival arrival;
        private final ByteBuffer token = ByteBuffer.allocate(HandoffToken.BYTES);
        private @Nullable OwnedDescriptor descriptor;
        private boolean isDescriptorLost;
        private @Nullable IoRegistration registration;
        private @Nullable Future<?> timer;

        Opening(ChannelHandlerContext ctx, EpollDomainSocketChannel connection) {
            this.ctx = ctx;
            this.connection = connection;
            this.arrival = connection.attr(Arrival.KEY).get();
        }

        private void receive() {
            try {
                boolean goOn = true;
                while (goOn) {
                    SocketCalls.Received received = calls.receive(connection.fd(), token.remaining());
                    if (received == null) {
                        waitForMore();
                        return;
                    }
                    goOn = take(received);
                }
            } catch (HandoffWireException e) {
                listener.wireError(arrival.peer(), e);
                close();
            } catch (IOException e) {
                logger.debug("the connection of {} failed before its offer", arrival.peer(), e);
                close();
            }
        }

        /** Returns whether more is to be received. */
        private boolean take(SocketCalls.Received received) {
            boolean isFirst = token.position() == 0;
            takeDescriptors(received, isFirst);
            if (received.bytes().length == 0) {
                end(isFirst);
                return false;
            }
            if (isFirst && descriptor == null && !isDescriptorLost) {
                openFramed(received.bytes());
                return false;
            }
            token.put(received.bytes());
            if (token.hasRemaining()) {
                return true;
            }
            open();
            return false;
        }

        private void takeDescriptors(SocketCalls.Received received, boolean isFirst) {
            List<OwnedDescriptor> came = received.descriptors();
            came.forEach(one -> one.countIn(descriptors));
            HandoffWireException error = errorOf(received, isFirst);
            if (error != null) {
                came.forEach(OwnedDescriptor::close);
                throw error;
            }
            if (received.controlTruncated()) {
                // There was room for more than came: the kernel found no free number to install one at.
                came.forEach(OwnedDescriptor::close);
                isDescriptorLost = true;
            } else if (!came.isEmpty()) {
                descriptor = came.get(0);
            }
        }

        private static @Nullable HandoffWireException errorOf(SocketCalls.Received received, boolean isFirst) {
            int came = received.descriptors().size();
            if (came > 1) {
                return HandoffWireException.surplusDescriptor("more than one came at once");
            }
            if (received.unexpectedControl()) {
                return HandoffWireException.unexpectedControl();
            }
            if (!isFirst && (came == 1 || received.controlTruncated())) {
                return HandoffWireException.surplusDescriptor("another came after the first byte of the token");
            }
            return null;
        }

        private void end(boolean isFirst) {
            if (!isFirst) {
                throw HandoffWireException.unexpectedEof("handoff token");
            }
            close();
        }

        private void openFramed(byte[] firstBytes) {
            if (policy == DescriptorPolicy.REQUIRED) {
                throw HandoffWireException.missingDescriptor();
            }
            connection.attr(Arrival.KEY).set(arrival.withFirstBytes(firstBytes));
            stopWaiting();
            passOn(ctx, connection);
        }

        private void open() {
            CarriedDescriptor carried = carried(HandoffToken.ofBytes(token.array()), descriptor);
            descriptor = null;
            connection.attr(Arrival.KEY).set(arrival.with(carried));
            connection.closeFuture().addListener(closed -> carried.connectionClosed());
            stopWaiting();
            passOn(ctx, connection);
        }

        private CarriedDescriptor carried(HandoffToken carriedToken, @Nullable OwnedDescriptor received) {
            if (received == null) {
                return CarriedDescriptor.lost(carriedToken, tokens);
            }
            return isTokenExpected
                    ? CarriedDescriptor.arrivedAndExpected(carriedToken, received, tokens)
                    : CarriedDescriptor.arrived(carriedToken, received, tokens);
        }

        /** Closes the connection and whatever came on it. */
        @Override
        public void close() {
            if (openings.contains(this)) {
                stopWaiting();
                if (descriptor != null) {
                    descriptor.close();
                    descriptor = null;
                }
                connection.unsafe().closeForcibly();
                connections.closed();
            }
        }

        private void waitForMore() {
            if (registration != null) {
                return;
            }
            timer = ctx.executor().schedule(this::missDeadline, deadline.toNanos(), TimeUnit.NANOSECONDS);
            IoEventLoop loop = (IoEventLoop) ctx.channel().eventLoop();
            loop.register(this).addListener((FutureListener<IoRegistration>) registered -> {
                if (registered.isSuccess()) {
                    registration = registered.getNow();
                    registration.submit(EpollIoOps.EPOLLIN);
                } else {
                    logger.debug("cannot wait for the token of {}", arrival.peer(), registered.cause());
                    close();
                }
            });
        }

        private void stopWaiting() {
            openings.remove(this);
            if (timer != null) {
                timer.cancel(false);
            }
            if (registration != null) {
                registration.cancel();
            }
        }

        private void missDeadline() {
            listener.wireError(
                    arrival.peer(),
                    HandoffWireException.deadlineExceeded("no HandoffOffer was received and answered", deadline));
            close();
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            receive();
        }

        @Override
        public FileDescriptor fd() {
            return connection.fd();
        }
    }
}
