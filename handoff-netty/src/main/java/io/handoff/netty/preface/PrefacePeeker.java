package io.handoff.netty.preface;

import io.handoff.netty.descriptor.NativeCode;
import io.handoff.netty.descriptor.NettyVersion;
import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * Tells what a client says first without reading it, so that a broker can choose a backend by it. Every byte stays in the socket, for
 * whoever serves the client; TLS stays end to end.
 *
 * <p><b>What it takes.</b> A channel with {@code AUTO_READ} off from the start, of which nothing has been read. Set it as a
 * {@code childOption}; a channel that has it on is refused. A {@code read()} that was asked for before is taken back.
 *
 * <p><b>Order.</b> If the first bytes tell enough, the future is complete at once. Else the channel leaves epoll until they do, because
 * Netty would read to the end of the input when the client ends its side, whatever {@code AUTO_READ} says. Before the future completes,
 * the channel is with its event loop again. Nothing of the socket is changed: no option, no flag, no further descriptor. The
 * channel's handlers are not told.
 *
 * <p><b>Decide in the listener</b> of the future, on the event loop, and hand off there: from the end of it on Netty has the channel again.
 * What a broker needs longer for, it asks before.
 *
 * <p><b>A client that trickles</b> costs a system call for each segment, and none that copies while it is known that not enough has come. It
 * is looked at 32 times at once, then every 10 ms at most.
 *
 * <p><b>What the kernel holds limits what can be seen.</b> It is not read, so no more comes than fits into the socket's receive buffer. A
 * client on a Unix-domain socket that writes single bytes fills it with some hundreds of them. Such a preface is {@link
 * ClientPreface.Other} when the time is over.
 *
 * <p><b>Threading.</b> Every method may be called from any thread. One instance serves all channels. It does not have to be closed.
 */
public final class PrefacePeeker {

    /** Time for a client's first bytes, unless configured. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);

    /** Bytes that are looked at, unless configured. */
    public static final int DEFAULT_MAX_BYTES = 64 * 1024;

    private final Duration timeout;
    private final int maxBytes;
    private final SocketCalls calls;

    PrefacePeeker(Duration timeout, int maxBytes, SocketCalls calls) {
        this.timeout = timeout;
        this.maxBytes = maxBytes;
        this.calls = calls;
    }

    /**
     * Starts to describe a peeker.
     *
     * @return a builder with every setting at its default
     * @throws UnsupportedOperationException if Netty is older than 4.2, or its native code or JNA's cannot be loaded here; the
     *     message says why, and names what to set
     */
    public static PrefacePeekerBuilder builder() {
        NettyVersion.require("a preface peeker");
        NativeCode.require("a preface peeker");
        return new PrefacePeekerBuilder();
    }

    /**
     * Waits until a client has said enough to tell what it speaks, or until the time is over.
     *
     * <p>The channel stays the program's, however this ends. During the wait it may be written to and closed, but not handed off; what it
     * writes leaves at once as far as there is room.
     *
     * <p>A client that has ended its side after it has sent something may still wait for an answer, so it is told by what it has sent.
     *
     * @param client an active {@code EpollSocketChannel} or {@code EpollDomainSocketChannel} with {@code AUTO_READ} off, of which nothing
     *     has been read
     * @return completed on the client's event loop (on Netty's {@code GlobalEventExecutor} if the client has none that runs). It fails
     *     with a {@link java.nio.channels.ClosedChannelException} that says more, if the client has ended its side without a byte or has
     *     reset the connection, or if the channel was closed here or its event loop has ended; with an {@link IllegalStateException} if the
     *     channel is not fit for it, or was read from meanwhile; with an {@link java.io.IOException} if epoll does not take it. Unless the
     *     channel is closed, it is as it came then, too. If it is cancelled, it is complete as soon as the channel is as it came
     */
    public Future<ClientPreface> peek(Channel client) {
        EventLoop loop;
        try {
            loop = client.eventLoop();
        } catch (IllegalStateException e) {
            return GlobalEventExecutor.INSTANCE.newFailedFuture(
                    new IllegalStateException("the client's channel has no event loop yet", e));
        }
        if (!(client instanceof AbstractEpollStreamChannel channel)) {
            return loop.newFailedFuture(new IllegalStateException("the client's channel is a "
                    + client.getClass().getSimpleName() + "; expected a stream channel of the epoll transport"));
        }
        PeekPromise result = new PeekPromise(loop);
        Peek peek = new Peek(channel, new FirstBytes(calls, channel.fd(), maxBytes), timeout, result);
        if (loop.inEventLoop()) {
            peek.start();
            return result;
        }
        try {
            loop.execute(peek::start);
            return result;
        } catch (RejectedExecutionException e) {
            return GlobalEventExecutor.INSTANCE.newFailedFuture(
                    new ClientGoneException("the client's event loop has ended", e));
        }
    }
}
