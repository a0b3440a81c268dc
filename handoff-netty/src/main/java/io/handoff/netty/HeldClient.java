package io.handoff.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.ByteToMessageCodec;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's channel from the moment it stops reading for a handoff until it is either served here as before or closed.
 * Confined to the channel's event loop.
 */
final class HeldClient {

    private final Channel client;
    private final boolean autoRead;
    private final Runnable whenClosed;
    private final ClientGuard guard = new ClientGuard();
    private final ChannelFutureListener closeListener = closed -> closed();

    private HeldClient(Channel client, Runnable whenClosed) {
        this.client = client;
        this.autoRead = client.config().isAutoRead();
        this.whenClosed = whenClosed;
    }

    /** Why the channel cannot be handed off, from whatever thread this is asked; null if its event loop may look closer. */
    static @Nullable String unsuitable(Channel client) {
        if (!(client instanceof EpollSocketChannel || client instanceof EpollDomainSocketChannel)) {
            return "the client's channel is a " + client.getClass().getSimpleName()
                    + "; expected an EpollSocketChannel or EpollDomainSocketChannel";
        }
        return client.isRegistered() ? null : "the client's channel is not registered with an event loop";
    }

    /** Why the channel cannot be handed off now; null if it can. On its event loop. */
    static @Nullable String unready(Channel client) {
        if (client.pipeline().get(ClientGuard.class) != null) {
            return "a handoff of the client's connection is running already";
        }
        String unfit = unfit(client);
        return unfit != null ? unfit : handlerWithBytes(client);
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

    private static @Nullable String handlerWithBytes(Channel client) {
        for (Map.Entry<String, ChannelHandler> handler : client.pipeline()) {
            if (mayHoldBytes(handler.getValue())) {
                return "handler " + handler.getKey() + " may hold bytes that were read already; remove it first, and "
                        + "they go to the handler behind it";
            }
        }
        return null;
    }

    /** Decoders, also as one half of a codec. */
    private static boolean mayHoldBytes(ChannelHandler handler) {
        return handler instanceof ByteToMessageDecoder
                || handler instanceof ByteToMessageCodec
                || handler instanceof CombinedChannelDuplexHandler;
    }

    /** Stops reading at once, also inside a {@code channelRead}. */
    static HeldClient hold(Channel client, Runnable whenClosed) {
        HeldClient held = new HeldClient(client, whenClosed);
        client.pipeline().addFirst(held.guard);
        // Switched on first, as only a change takes a pending read() back.
        client.config().setAutoRead(true).setAutoRead(false);
        client.closeFuture().addListener(held.closeListener);
        return held;
    }

    /** Completes when everything has left that was written until now. */
    ChannelFuture drain() {
        client.flush();
        return guard.ctx().writeAndFlush(Unpooled.EMPTY_BUFFER);
    }

    /**
     * Takes the channel out of epoll: when a client shuts its writing side Netty reads to the end whatever
     * {@code autoRead} says.
     */
    ChannelFuture takeOut() {
        return guard.ctx().deregister();
    }

    /** What has happened to the connection while it was held, that it cannot be handed off any more; or null. */
    @Nullable
    String unfit() {
        return guard.anyBytesRead() ? "bytes of the client were read here during the handoff" : unfit(client);
    }

    /** The connection's socket, for calls that neither keep nor close it. Only while it {@link #isUsable()}. */
    Socket socket() {
        if (!isUsable()) {
            throw new IllegalStateException("the client's channel is closed");
        }
        return (Socket) ((UnixChannel) client).fd();
    }

    /** Whether the connection can be used here. */
    boolean isUsable() {
        return client.isActive() && !isClosing(client);
    }

    /** Serves the connection here again, as before. */
    void goOn(Runnable then) {
        EventLoop loop = client.eventLoop();
        if (loop.isShuttingDown()) {
            // It may have closed its channels already, and would forget this one.
            letGo(then);
        } else if (isClosing(client)) {
            then.run();
        } else {
            // Out and in again even if it is in: an input that ended meanwhile leaves Netty's registration useless.
            takeOut().addListener(out -> loop.register(client).addListener(in -> loop.execute(() -> release(then))));
        }
    }

    /** In a task of its own, because Netty tells the pipeline of a registration after those who wait for it. */
    private void release(Runnable then) {
        client.closeFuture().removeListener(closeListener);
        if (client.isOpen()) {
            client.pipeline().remove(guard);
            resumeReading();
        }
        then.run();
    }

    private void resumeReading() {
        if (autoRead) {
            client.config().setAutoRead(true);
        } else {
            // There may have been a read() before; whether there was cannot be seen.
            client.read();
        }
    }

    /** Closes our copy of the connection. Where the backend has another, the client notices nothing. */
    void letGo(Runnable then) {
        guard.ctx().close().addListener(closed -> then.run());
    }

    /** Netty ends the life of a pipeline only if the channel is with an event loop; and always in a task of its own. */
    private void closed() {
        if (!client.isRegistered()) {
            client.eventLoop()
                    .execute(() -> client.pipeline().fireChannelInactive().fireChannelUnregistered());
        }
        whenClosed.run();
    }
}
