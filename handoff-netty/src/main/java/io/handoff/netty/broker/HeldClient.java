package io.handoff.netty.broker;

import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.descriptor.SocketCalls;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's channel from the moment it stops reading for a handoff until it is either served here as before or closed.
 * Confined to the channel's event loop. Not API.
 */
public final class HeldClient {

    private static final Logger logger = LoggerFactory.getLogger(HeldClient.class);

    /** More than any allocator lets one loop of reads have. */
    private static final int ALL_READS_OF_A_LOOP = 1 << 30;

    private static final int RESTORING_ATTEMPTS = 2;

    private final Channel client;
    private final SocketCalls calls;
    private final Runnable whenClosed;
    private final ClientGuard guard = new ClientGuard();
    private final ChannelFutureListener closeListener = closed -> closed();

    /** Of the socket, before the first {@link #pass} cleared it; null while it is as it was. */
    private @Nullable Boolean wasNonBlocking;

    /**
     * Takes a client that is to be held.
     *
     * @param client of a kind that can be ({@link #misfit})
     * @param calls the system calls
     * @param whenClosed told if its connection closes meanwhile
     */
    public HeldClient(Channel client, SocketCalls calls, Runnable whenClosed) {
        this.client = client;
        this.calls = calls;
        this.whenClosed = whenClosed;
    }

    /** Whether another handoff has it. On its event loop, as everything here. */
    static boolean isHeld(Channel client) {
        return client.pipeline().get(ClientGuard.class) != null;
    }

    /**
     * {@return why no channel of this kind can leave; null if it can} From any thread.
     * @param client any channel
     */
    public static @Nullable String misfit(Channel client) {
        return client instanceof AbstractEpollStreamChannel
                ? null
                : "the client's channel is a " + client.getClass().getSimpleName()
                        + "; expected a stream channel of the epoll transport";
    }

    /**
     * {@return why a client cannot leave now, with no more bytes than are {@link #unserved}; null if it can}
     * @param client of a kind that can be held
     * @param vouchedFor handlers that hold no bytes
     */
    public static @Nullable String refusal(Channel client, Predicate<? super ChannelHandler> vouchedFor) {
        String refusal = isHeld(client) ? "a handoff of the client's connection is running already" : unready(client);
        if (refusal == null) {
            refusal = HandlerCheck.refusal(client, vouchedFor);
        }
        return refusal == null ? BoundaryBuffer.busy(client) : refusal;
    }

    /** Why the channel, which nobody holds, cannot be handed off now; null if it can. */
    static @Nullable String unready(Channel client) {
        if (client.eventLoop().isShuttingDown()) {
            return "the client's event loop is shut down";
        }
        return client.isRegistered() ? unfit(client) : "the client's channel is not registered with an event loop";
    }

    /**
     * {@return what has left the client's socket and nobody has served, in the order in which it came}
     * @param client that is about to be held
     */
    public static byte[] unserved(Channel client) {
        return BoundaryBuffer.unserved(client);
    }

    private static @Nullable String unfit(Channel client) {
        if (!client.isActive() || isClosing(client)) {
            return "the client's connection is not open in both directions";
        }
        return ((DuplexChannel) client).isInputShutdown() ? "the input of the client's connection has ended" : null;
    }

    /** A descriptor number is not to be used once a close has begun, which with SO_LINGER ends on another thread. */
    private static boolean isClosing(Channel client) {
        return client.unsafe().outboundBuffer() == null;
    }

    /**
     * Stops reading at once, also inside a {@code channelRead}, and leaves {@code autoRead} to the program: the guard lets
     * no request for a read through, so all that is to be taken back is what was asked for before.
     */
    public void hold() {
        client.pipeline().addFirst(guard);
        client.closeFuture().addListener(closeListener);
        client.unsafe().recvBufAllocHandle().incMessagesRead(ALL_READS_OF_A_LOOP);
        boolean autoRead = client.config().isAutoRead();
        // Only switching it off takes back what was asked for.
        client.config().setAutoRead(!autoRead).setAutoRead(autoRead);
        if (!autoRead) {
            // There may have been a read(); whether there was cannot be seen.
            guard.requestRead();
        }
    }

    /** {@return completed when everything has left that was written until now} */
    public ChannelFuture flushWritten() {
        client.flush();
        return guard.ctx().writeAndFlush(Unpooled.EMPTY_BUFFER);
    }

    /**
     * Takes the channel out of epoll: when a client shuts its writing side Netty reads to the end whatever
     * {@code autoRead} says.
     * @return completed when Netty has done it
     */
    public ChannelFuture takeOut() {
        return guard.ctx().deregister();
    }

    /** {@return whether the channel that was taken out has really left epoll} One that is closing will not be passed either way. */
    public boolean isOut() {
        return !isUsable() || EpollExit.isOut(client.eventLoop(), socket());
    }

    /** {@return what has happened to the connection while it was held, that it cannot be handed off any more; or null} */
    @Nullable
    public String unfit() {
        return guard.anyBytesRead() ? "bytes of the client were read here during the handoff" : unfit(client);
    }

    /** {@return whether the connection can be used here} */
    public boolean isUsable() {
        return client.isActive() && !isClosing(client);
    }

    /**
     * Sends the connection to the backend. It goes with O_NONBLOCK cleared, which all copies share, for a backend that
     * reads with waiting (WIRE §7); from then on no call here may touch the socket that could wait.
     *
     * @return as {@link SocketCalls#send(FileDescriptor, byte[], FileDescriptor)}
     */
    int pass(FileDescriptor control, byte[] token) throws IOException {
        boolean isNonBlocking = calls.setNonBlocking(socket(), false);
        if (wasNonBlocking == null) {
            wasNonBlocking = isNonBlocking;
        }
        int sent = 0;
        try {
            sent = calls.send(control, token, socket());
        } finally {
            if (sent == 0) {
                restoreNonBlocking();
            }
        }
        return sent;
    }

    private void restoreNonBlocking() throws IOException {
        if (wasNonBlocking != null) {
            calls.setNonBlocking(socket(), wasNonBlocking);
            wasNonBlocking = null;
        }
    }

    /** Sends bytes to the client past all handlers, as many as there is room for, and returns how many those were. */
    int send(byte[] bytes) throws IOException {
        return calls.send(socket(), bytes);
    }

    /**
     * {@return another descriptor of the connection} For another thread to pass on: this one's number may be a stranger's by then.
     * @throws IOException if there is none to be had
     */
    public OwnedDescriptor copy() throws IOException {
        return calls.duplicate(socket().intValue());
    }

    private FileDescriptor socket() {
        if (!isUsable()) {
            throw new IllegalStateException("the client's channel is closed");
        }
        return ((UnixChannel) client).fd();
    }

    /**
     * Serves the connection here again, as before.
     * @param then what is done when it is
     */
    public void goOn(Runnable then) {
        EventLoop loop = client.eventLoop();
        if (isClosing(client) || !guard.isAdded()) {
            then.run();
        } else if (loop.isShuttingDown() || !isAsItWas()) {
            // A loop that ends may have closed its channels already, and would forget this one.
            letGo(then);
        } else {
            // Out and in again even if it is in: an input that ended meanwhile leaves Netty's registration useless.
            takeOut().addListener(out -> {
                if (isUsable()) {
                    EpollExit.ensure(loop, socket());
                    if (client.config().isAutoRead()) {
                        // As Netty does once it is registered, with a call more that could fail.
                        client.unsafe().beginRead();
                    }
                }
                loop.register(client);
                loop.execute(() -> release(then));
            });
        }
    }

    private boolean isAsItWas() {
        for (int attempt = 1; ; attempt++) {
            try {
                restoreNonBlocking();
                return true;
            } catch (IOException e) {
                if (attempt == RESTORING_ATTEMPTS) {
                    // Netty would wait in it, and with it the event loop.
                    logger.warn("{} is closed: O_NONBLOCK could not be set again", client, e);
                    return false;
                }
            }
        }
    }

    /** In a task of its own, because Netty tells the pipeline of a registration after those who wait for it. */
    private void release(Runnable then) {
        if (client.isOpen() && !client.isRegistered()) {
            // Netty's future of it stays open where epoll_ctl(2) fails.
            logger.warn("{} is closed: it could not be registered with its event loop again", client);
            letGo(then);
            return;
        }
        client.closeFuture().removeListener(closeListener);
        if (client.isOpen()) {
            if (!guard.ctx().isRemoved()) {
                client.pipeline().remove(guard);
            }
            if (client.config().isAutoRead() || guard.isReadRequested()) {
                client.read();
            }
        }
        then.run();
    }

    /**
     * Closes our copy of the connection. Where somebody else has another, the client notices nothing.
     * @param then what is done when it is closed
     */
    public void letGo(Runnable then) {
        BoundaryBuffer.forgetUnserved(client);
        guard.ctx().close().addListener(closed -> then.run());
    }

    /** Closes our copy of the connection with whatever still works; nobody is told. */
    public void abandon() {
        if (!isClosing(client)) {
            client.unsafe().closeForcibly();
        }
    }

    /** Netty ends the life of a pipeline only if the channel is with an event loop; and always in a task of its own. */
    private void closed() {
        try {
            if (!client.isRegistered()) {
                client.eventLoop()
                        .execute(() -> client.pipeline().fireChannelInactive().fireChannelUnregistered());
            }
        } finally {
            whenClosed.run();
        }
    }
}
