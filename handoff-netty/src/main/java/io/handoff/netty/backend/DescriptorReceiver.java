package io.handoff.netty.backend;

import io.handoff.netty.adoption.CarriedDescriptor;
import io.handoff.netty.answer.ControlChannel;
import io.handoff.netty.descriptor.DescriptorCounts;
import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.observe.HandoffListener;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.Rejections;
import io.handoff.netty.wire.WireErrors;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands on the accepting channel and receives, before a connection is registered as a channel anywhere, the 16 bytes
 * and the one descriptor that open it (WIRE §2): Netty's own reading would throw the descriptor away, and a registered
 * channel may read at any moment.
 *
 * <p>The 16 bytes may come in pieces, the descriptor on the first of them; nothing behind them is read. A connection that
 * has opened as it should goes on to the bootstrap's acceptor; so does one whose descriptor could not be received, for its
 * offer to be rejected. Any other is closed with every descriptor that came on it, and told as a
 * {@link HandoffWireException}.
 */
final class DescriptorReceiver extends ChannelInboundHandlerAdapter {

    private final SocketCalls calls;
    private final DescriptorPolicy policy;
    private final boolean isTokenExpected;
    private final HandoffTokens tokens;
    private final DescriptorCounts descriptors;
    private final ControlConnections connections;
    private final HandoffListener listener;

    /** The connections that have not opened yet. */
    private final Set<Opening> openings = new HashSet<>();

    DescriptorReceiver(
            HandoffServerBuilder settings,
            HandoffTokens tokens,
            DescriptorCounts descriptors,
            ControlConnections connections,
            HandoffListener listener) {
        this.calls = settings.socketCalls;
        this.policy = settings.descriptors;
        this.isTokenExpected = settings.expectedTokens.isCarried();
        this.tokens = tokens;
        this.descriptors = descriptors;
        this.connections = connections;
        this.listener = listener;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        ControlChannel connection = (ControlChannel) accepted;
        if (policy == DescriptorPolicy.NONE) {
            passOn(ctx, connection);
        } else {
            Opening opening = new Opening(ctx, connection);
            openings.add(opening);
            opening.receive();
        }
    }

    private void passOn(ChannelHandlerContext ctx, ControlChannel connection) {
        connections.follow(connection, connection.attr(Arrival.KEY).get());
        ctx.fireChannelRead(connection);
    }

    /** The server has closed: what has not opened by now never will. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Set.copyOf(openings).forEach(Opening::close);
        ctx.fireChannelInactive();
    }

    /** One connection on its way to its 16 bytes. */
    private final class Opening implements OpeningWait.Waiter {

        private final ChannelHandlerContext ctx;
        private final ControlChannel connection;
        private final Arrival arrival;
        private final OpeningBytes bytes;
        private final OpeningWait wait;
        private final ByteBuffer token = ByteBuffer.allocate(HandoffToken.BYTES);
        private @Nullable OwnedDescriptor descriptor;

        /** Why a descriptor that was sent is not here. */
        private @Nullable HandoffRejection loss;

        Opening(ChannelHandlerContext ctx, ControlChannel connection) {
            this.ctx = ctx;
            this.connection = connection;
            this.arrival = connection.attr(Arrival.KEY).get();
            this.bytes = new OpeningBytes(calls, connection.fd());
            IoEventLoop loop = (IoEventLoop) ctx.channel().eventLoop();
            this.wait = new OpeningWait(loop, connection.fd(), arrival.offerTimeout(), this);
            if (!arrival.isPermitted() && policy == DescriptorPolicy.REQUIRED) {
                // What a stranger has sent does not come into this process, and is said to be lost.
                giveUpDescriptor(Objects.requireNonNull(arrival.refusal(), "said why"));
            }
        }

        private void receive() {
            try {
                boolean goOn = true;
                while (goOn) {
                    SocketCalls.Received received = bytes.receive(token.remaining());
                    if (received == null) {
                        wait.begin();
                        return;
                    }
                    goOn = take(received);
                }
            } catch (HandoffWireException e) {
                listener.wireError(arrival.peer(), e);
                close();
            } catch (IOException e) {
                receiveFailed(e);
            } catch (Throwable e) {
                close();
                throw e;
            }
        }

        /** The offer can still be read and rejected, and its client stays with the broker; but not where nothing tells that it has one. */
        private void receiveFailed(IOException failure) {
            listener.callFailed(failure);
            if (policy != DescriptorPolicy.REQUIRED || bytes.isWithoutDescriptor()) {
                close();
                return;
            }
            closeDescriptor();
            giveUpDescriptor(Rejections.descriptorNotReceived(String.valueOf(failure.getMessage())));
            receive();
        }

        private void giveUpDescriptor(HandoffRejection why) {
            loss = why;
            bytes.giveUpDescriptor();
        }

        /** Returns whether more is to be received. */
        private boolean take(SocketCalls.Received received) {
            boolean isFirst = token.position() == 0;
            takeDescriptors(received, isFirst);
            if (received.bytes().length == 0) {
                end(isFirst);
                return false;
            }
            if (isFirst && descriptor == null && loss == null) {
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
            HandoffWireException error = OpeningBytes.errorOf(received, isFirst);
            if (error != null) {
                came.forEach(OwnedDescriptor::close);
                throw error;
            }
            if (received.controlTruncated()) {
                // There was room for more than came: the kernel found no free number to install one at.
                came.forEach(OwnedDescriptor::close);
                loss = Rejections.DESCRIPTOR_LOST;
            } else if (!came.isEmpty()) {
                descriptor = came.get(0);
            }
        }

        private void end(boolean isFirst) {
            if (!isFirst) {
                throw WireErrors.unexpectedEof("handoff token");
            }
            close();
        }

        private void openFramed(byte[] firstBytes) {
            if (policy == DescriptorPolicy.REQUIRED) {
                throw WireErrors.missingDescriptor();
            }
            connection.attr(Arrival.KEY).set(arrival.withFirstBytes(firstBytes));
            stopWaiting();
            passOn(ctx, connection);
        }

        private void open() {
            CarriedDescriptor carried = carried(HandoffToken.ofBytes(token.array()));
            descriptor = null;
            connection.attr(Arrival.KEY).set(arrival.with(carried));
            connection.closeFuture().addListener(closed -> carried.connectionClosed());
            stopWaiting();
            passOn(ctx, connection);
        }

        private CarriedDescriptor carried(HandoffToken carriedToken) {
            if (loss != null) {
                return CarriedDescriptor.lost(carriedToken, loss, tokens);
            }
            OwnedDescriptor received = Objects.requireNonNull(descriptor, "it came, or it is known why not");
            return isTokenExpected && arrival.refusal() == null
                    ? CarriedDescriptor.arrivedAndExpected(carriedToken, received, tokens)
                    : CarriedDescriptor.arrived(carriedToken, received, tokens);
        }

        /** Closes the connection and whatever came on it. */
        void close() {
            if (openings.contains(this)) {
                stopWaiting();
                closeDescriptor();
                connection.unsafe().closeForcibly();
                connections.closed(arrival);
            }
        }

        private void closeDescriptor() {
            if (descriptor != null) {
                descriptor.close();
                descriptor = null;
            }
        }

        private void stopWaiting() {
            openings.remove(this);
            wait.end();
        }

        @Override
        public void readable() {
            receive();
        }

        @Override
        public void deadlineExceeded() {
            listener.wireError(
                    arrival.peer(),
                    WireErrors.deadlineExceeded("no HandoffOffer was received and answered", arrival.offerTimeout()));
            close();
        }

        @Override
        public void epollFailed(Throwable cause) {
            listener.callFailed(
                    cause instanceof IOException failure ? failure : new IOException(cause.getMessage(), cause));
        }

        @Override
        public void loopEnds() {
            close();
        }
    }
}
