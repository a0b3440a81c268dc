package io.handoff.netty.adoption;

import io.handoff.netty.descriptor.BlockingFlag;
import io.handoff.netty.descriptor.ClientAddresses;
import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel of an adopted connection. Until it is {@link #release() released} it leaves the connection as it came:
 * reads nothing, writes nothing, sets nothing, shuts nothing down, whatever its handlers and its event loop ask for;
 * and if it closes before that, {@code O_NONBLOCK}, which it does have to set, is put back. From then on it is as an
 * accepted channel, only that a half-closed one stays of use.
 */
abstract class AdoptedChannel extends LateEpollChannel {

    private static final Logger logger = LoggerFactory.getLogger(AdoptedChannel.class);

    private final ServerChannel parent;
    private final ClientAddresses addresses;
    private final SocketCalls calls;
    private final BlockingFlag blocking;
    private final Runnable whenClosedEarly;
    private final FirstRead first = new FirstRead(this);
    private final HeldReads reads = new HeldReads(first::read, this::drainErrorQueue);
    private final List<Runnable> afterRelease = new ArrayList<>();
    private volatile boolean isHeld = true;
    private boolean readRequested;
    private boolean flushRequested;
    private boolean anyEventRequested;

    /**
     * Takes the descriptor over.
     *
     * @param parent what the program takes for the channel that accepted it
     * @param remote the client's address; null if it has gone already
     * @param whenClosedEarly told of a close before the release, on the thread that closes
     */
    AdoptedChannel(
            ServerChannel parent,
            int descriptor,
            @Nullable SocketAddress remote,
            SocketCalls calls,
            Runnable whenClosedEarly) {
        super(descriptor);
        this.parent = parent;
        this.addresses = new ClientAddresses(remote, this::askForLocalAddress);
        this.calls = calls;
        this.blocking = new BlockingFlag(calls);
        this.whenClosedEarly = whenClosedEarly;
    }

    @Override
    public ServerChannel parent() {
        return parent;
    }

    @Override
    protected final @Nullable SocketAddress remoteAddress0() {
        return addresses.remote();
    }

    @Override
    protected final @Nullable SocketAddress localAddress0() {
        return addresses.local();
    }

    abstract @Nullable SocketAddress askForLocalAddress();

    /** The event loop that it is registered with, or about to be; null if it is with none. */
    final @Nullable EventLoop chosenLoop() {
        try {
            return eventLoop();
        } catch (IllegalStateException e) {
            // Netty has no other way to ask.
            return null;
        }
    }

    /** Netty asks for the handle of the reads once. Constructors call this when there is a configuration. */
    final void holdReads() {
        RecvByteBufAllocator given = config().getRecvByteBufAllocator();
        config().setRecvByteBufAllocator(() -> reads);
        unsafe().recvBufAllocHandle();
        config().setRecvByteBufAllocator(given);
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        if (isHeld) {
            registerWithoutEpoll(promise);
        } else {
            super.doRegister(promise);
        }
    }

    /**
     * Puts the registered channel into epoll. Nothing but errors is looked for until the release, and those are told once; but where the
     * release is due before the event loop looks again, a channel that reads is entered for good.
     *
     * @throws IOException if it cannot be: the user's watches are used up, for one (ENOSPC)
     */
    final void enterEpoll(boolean isReleaseDue) throws IOException {
        blocking.setNonBlocking(fd());
        try {
            if (isReleaseDue && config().isAutoRead()) {
                super.setFlag(Native.EPOLLIN);
                anyEventRequested = true;
            } else {
                registration().submit(EpollIoOps.EPOLLET);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Lets everything begin, as Netty does when it has accepted a connection. On the event loop. */
    final void release() {
        if (!isHeld || !isOpen()) {
            return;
        }
        isHeld = false;
        reads.release();
        config().release();
        if (flushRequested) {
            unsafe().flush();
        }
        pipeline().fireChannelActive();
        try {
            askForEvents();
        } catch (Exception e) {
            pipeline().fireExceptionCaught(e);
            close();
        }
        doAfterRelease();
    }

    private void askForEvents() throws Exception {
        if (!isOpen()) {
            return;
        }
        if (readRequested) {
            doBeginRead();
        }
        if (!anyEventRequested) {
            registration().submit(EpollIoOps.EPOLLRDHUP);
        }
        if (reads.anyRefused()) {
            // It may have been told of the end, and Netty does not ask for that twice.
            setFlag(Native.EPOLLRDHUP);
        }
    }

    /** Does something when the channel is released, or closed before that. On the event loop. */
    final void afterRelease(Runnable task) {
        if (isHeld) {
            afterRelease.add(task);
        } else {
            task.run();
        }
    }

    private void doAfterRelease() {
        if (!afterRelease.isEmpty()) {
            List<Runnable> due = List.copyOf(afterRelease);
            afterRelease.clear();
            due.forEach(Runnable::run);
        }
    }

    /** The head of the pipeline asks again after {@code channelActive}, if {@code autoRead} is still on then. */
    @Override
    public Channel read() {
        return isHeld && config().isAutoRead() ? this : super.read();
    }

    @Override
    protected void doBeginRead() throws Exception {
        if (isHeld) {
            readRequested = true;
        } else if (!first.take()) {
            super.doBeginRead();
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        if (isHeld) {
            flushRequested = true;
        } else {
            super.doWrite(in);
        }
    }

    /**
     * Once all input is read and no event asked for, Netty takes the descriptor out of epoll and goes on as if it were
     * in: the next request fails with ENOENT, and the rest of an answer is lost.
     */
    @Override
    protected void setFlag(int flag) throws IOException {
        anyEventRequested = true;
        try {
            super.setFlag(flag);
        } catch (UncheckedIOException e) {
            if (!isInputShutdown() && !reads.anyRefused()) {
                throw e;
            }
            enterEpollAgain();
            super.setFlag(flag);
        }
    }

    private void enterEpollAgain() throws IOException {
        try {
            doDeregister();
        } catch (Exception e) {
            throw new IOException("cannot take a half-closed connection out of epoll", e);
        }
        super.doRegister(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        return whenReleased(() -> super.shutdownOutput(promise), promise);
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        return whenReleased(() -> super.shutdownInput(promise), promise);
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return whenReleased(() -> super.shutdown(promise), promise);
    }

    private ChannelFuture whenReleased(Runnable task, ChannelPromise promise) {
        if (!isHeld) {
            task.run();
        } else if (eventLoop().inEventLoop()) {
            afterRelease(task);
        } else {
            eventLoop().execute(() -> afterRelease(task));
        }
        return promise;
    }

    private void drainErrorQueue() {
        if (isOpen()) {
            ErrorQueue.drain(socket, calls);
        }
    }

    @Override
    protected void doClose() throws Exception {
        addresses.closed();
        boolean isEarly = isHeld && isOpen();
        if (isEarly) {
            isHeld = false;
            blocking.giveBack(fd());
        } else if (config().lingerSeconds() > 0 && isOpen()) {
            LingeringClose.elsewhere(this, calls);
        }
        try {
            super.doClose();
        } finally {
            if (isEarly) {
                doAfterRelease();
                whenClosedEarly.run();
            }
        }
    }

    /** Closes the descriptor of a channel whose event loop has ended: no other thread uses it any more, but may call this. */
    final synchronized void closeAfterItsLoop() {
        try {
            if (isOpen()) {
                doClose();
            }
        } catch (Exception e) {
            // Netty wants its event loop to know, which there is not.
            logger.debug("closed {} without its event loop", this, e);
        }
    }
}
