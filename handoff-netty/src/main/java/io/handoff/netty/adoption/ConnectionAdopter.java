package io.handoff.netty.adoption;

import io.handoff.netty.descriptor.ConnectedSocket;
import io.handoff.netty.descriptor.DescriptorCheck;
import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.descriptor.UnreadBytes;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.Offer;
import io.handoff.netty.wire.Rejections;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Turns the descriptor of a client's connection into a channel of the program's, on an event loop of the program's, with
 * the program's initializer run and nothing else happened yet. Not API.
 */
public final class ConnectionAdopter implements AutoCloseable {

    private final SocketCalls calls;
    private final DescriptorCheck check;
    private final ChildAcceptor acceptor;
    private final int maxStateBytes;
    private final UnfinishedAdoptions unfinished;
    private final OpenConnections open = new OpenConnections();

    /**
     * Takes where connections are adopted into.
     *
     * @param calls the system calls
     * @param check what says whether a descriptor can be adopted
     * @param controlLoops the event loops of the handoff connections
     * @param target where connections are adopted into
     * @param maxStateBytes how much may travel with a connection; zero for nothing
     * @param offerTimeout how long the broker waits; a worker that is busy for half of it is not waited for
     */
    public ConnectionAdopter(
            SocketCalls calls,
            DescriptorCheck check,
            EventLoopGroup controlLoops,
            AdoptionTarget target,
            int maxStateBytes,
            Duration offerTimeout) {
        this.calls = calls;
        this.check = check;
        this.acceptor = target.acceptor(controlLoops);
        this.maxStateBytes = maxStateBytes;
        this.unfinished = new UnfinishedAdoptions(offerTimeout.dividedBy(4).toNanos());
    }

    /**
     * Judges a descriptor.
     *
     * @param descriptor looked at, neither kept nor closed
     * @return why it cannot be adopted; null if it can
     */
    @Nullable
    public HandoffRejection refusalOf(OwnedDescriptor descriptor) {
        String misfit = check.misfitOf(descriptor);
        return misfit == null ? null : Rejections.unfitDescriptor(misfit);
    }

    /**
     * Tells how much may travel with a connection.
     *
     * @return the number of bytes; zero for nothing
     */
    public int maxStateBytes() {
        return maxStateBytes;
    }

    /**
     * Begins to adopt a connection that {@link #refusalOf} has let pass. The descriptor is no longer the caller's,
     * however this comes out.
     *
     * @param descriptor what is adopted
     * @param offer the offer that it came with
     * @param origin where it comes from, which the program is told
     * @param control the event loop of the handoff connection, on which this is called
     * @return the adoption, which has begun
     */
    public AdoptionGate adopt(OwnedDescriptor descriptor, Offer offer, HandedOffConnection origin, EventLoop control) {
        EventLoop loop = acceptor.loopFor(control);
        AdoptionGate gate = new AdoptionGate(control, loop, unfinished::watch, unfinished::remove);
        unfinished.add(gate);
        try {
            if (loop.isShuttingDown()) {
                throw AdoptionGate.shutDown();
            }
            AdoptedChannel channel = newChannel(descriptor, gate);
            channel.attr(HandedOffConnection.KEY).set(origin);
            UnreadBytes.leave(channel, offer.unread());
            gate.take(channel);
            gate.adopted().addListener(adopted -> {
                if (adopted.isSuccess()) {
                    open.add(channel);
                }
            });
            if (loop == control) {
                accept(gate, channel);
            } else {
                loop.execute(() -> accept(gate, channel));
            }
        } catch (Throwable e) {
            if (descriptor.isOwned()) {
                descriptor.close();
            }
            gate.fail(e);
        }
        if (gate.isBeingSetUp()) {
            unfinished.limit(gate);
        }
        return gate;
    }

    private AdoptedChannel newChannel(OwnedDescriptor descriptor, AdoptionGate gate) {
        ConnectedSocket client = descriptor.connection();
        ServerChannel parent = acceptor.parent();
        if (!client.isUnix() && !(parent instanceof ServerSocketChannel)) {
            throw new AdoptionRefusedException(Rejections.unfitDescriptor(
                    "is a TCP connection; expected one of a Unix-domain socket, because the listener is: "
                            + parent.getClass().getSimpleName()));
        }
        return descriptor.transferTo(number -> client.isUnix()
                ? new AdoptedUnixChannel(parent, number, client.remote(), calls, gate::closedEarly)
                : new AdoptedTcpChannel(parent, number, client.remote(), calls, gate::closedEarly));
    }

    /** Whatever is thrown, by the program or by Netty, is why the connection cannot be adopted. */
    private void accept(AdoptionGate gate, AdoptedChannel channel) {
        try {
            acceptor.accept(gate, channel);
        } catch (Throwable e) {
            gate.fail(e);
        }
    }

    /**
     * Tells when each connection is the program's or nobody's. No adoption may begin from here on.
     *
     * @return completed, always with success and on Netty's {@code GlobalEventExecutor}, when every adoption has ended
     */
    public Future<Void> allEnded() {
        return unfinished.allEnded();
    }

    /** Ends the adoptions that have begun and whose brokers have not been told of an acceptance. */
    @Override
    public void close() {
        unfinished.abandonAll();
        acceptor.close();
    }
}
