package io.handoff.netty.answer;

import io.handoff.netty.adoption.LateEpollChannel;
import io.handoff.netty.adoption.StreamChannelConfig;
import io.handoff.netty.descriptor.SocketPeer;
import io.handoff.netty.wire.HandoffPeer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPromise;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.Native;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel of a handoff connection that was accepted. It reads once before it enters epoll, because mostly the offer is there by
 * then: it is answered, and the connection closed, without epoll. Where epoll does not take the connection, its offers are rejected; it
 * looks for them now and then, as there is no other way to read them. Not API.
 */
public final class ControlChannel extends LateEpollChannel implements DomainSocketChannel {

    /** Between two looks at what epoll does not take: short for a broker that waits, and little work even where that is each connection. */
    public static final Duration PAUSE = Duration.ofMillis(20);

    private enum Epoll {
        /** It looks first whether there is something to read. */
        NOT_YET,
        ENTERED,
        REFUSED
    }

    private static final Logger logger = LoggerFactory.getLogger(ControlChannel.class);

    private final StreamChannelConfig config = StreamChannelConfig.ofUnix(this);
    private Epoll epoll = Epoll.NOT_YET;
    private boolean isLookDue;
    private boolean isLooking;
    private boolean isReadRequested;
    private boolean hasInputEnded;

    /**
     * Takes an accepted connection over.
     *
     * @param accepted its descriptor
     */
    public ControlChannel(int accepted) {
        super(accepted);
        // Nobody shares it.
        config.release();
    }

    /**
     * Asks the kernel who has connected.
     *
     * @return the peer
     * @throws IOException if the kernel does not tell
     */
    public HandoffPeer peer() throws IOException {
        SocketPeer peer = SocketPeer.of(socket);
        return new HandoffPeer(peer.pid(), peer.uid(), peer.gid());
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        registerWithoutEpoll(promise);
    }

    /** Netty wants to be told of something: of bytes to read (EPOLLIN), or of room for more (EPOLLOUT). */
    @Override
    protected void setFlag(int flag) throws IOException {
        if (epoll == Epoll.ENTERED) {
            super.setFlag(flag);
        } else if (flag == Native.EPOLLIN) {
            isReadRequested = true;
            if (!isLooking) {
                lookSoon();
            }
        } else if (epoll == Epoll.REFUSED) {
            eventLoop().schedule(unsafe()::flush, PAUSE.toNanos(), TimeUnit.NANOSECONDS);
        } else {
            enterEpoll(flag);
        }
    }

    private void lookSoon() {
        if (isLookDue) {
            return;
        }
        isLookDue = true;
        if (epoll == Epoll.NOT_YET) {
            eventLoop().execute(this::look);
        } else {
            eventLoop().schedule(this::look, PAUSE.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        isLookDue = false;
        if (!isOpen() || epoll == Epoll.ENTERED || hasInputEnded) {
            return;
        }
        isLooking = true;
        readOnce();
        isLooking = false;
        if (!isOpen()) {
            return;
        }
        if (epoll == Epoll.NOT_YET) {
            enterEpoll(isReadRequested ? Native.EPOLLIN : Native.EPOLLRDHUP);
        } else if (isReadRequested) {
            lookSoon();
        }
    }

    @SuppressWarnings("deprecation") // Netty's interface of handles is, and has no successor.
    private void readOnce() {
        RecvByteBufAllocator.Handle sizes = unsafe().recvBufAllocHandle();
        sizes.reset(config);
        ByteBuf bytes = null;
        try {
            bytes = sizes.allocate(alloc());
            int length = doReadBytes(bytes);
            sizes.lastBytesRead(length);
            isReadRequested = false;
            if (length > 0) {
                pipeline().fireChannelRead(bytes.retain());
            }
            pipeline().fireChannelReadComplete();
            // Of an end in epoll Netty learns there.
            if (length < 0 && epoll == Epoll.REFUSED) {
                hasInputEnded = true;
                pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            }
        } catch (Exception e) {
            readFailed(e);
        } finally {
            ReferenceCountUtil.release(bytes);
        }
    }

    /** It has taken nothing. In epoll Netty reads again once there is something, and what it says of a failure is heeded. */
    private void readFailed(Exception failure) {
        isReadRequested = true;
        if (epoll == Epoll.REFUSED) {
            pipeline().fireExceptionCaught(failure);
        } else {
            logger.debug("{} could not be read before it was in epoll", this, failure);
        }
    }

    /** That it takes no reading tells of an end only. */
    private void enterEpoll(int flag) {
        try {
            epoll = Epoll.ENTERED;
            if (flag == Native.EPOLLRDHUP) {
                registration().submit(EpollIoOps.EPOLLRDHUP);
            } else {
                super.setFlag(flag);
            }
        } catch (UncheckedIOException e) {
            refused(flag, Objects.requireNonNull(e.getCause(), "an UncheckedIOException has one"));
        } catch (IOException e) {
            refused(flag, e);
        }
    }

    private void refused(int flag, IOException failure) {
        epoll = Epoll.REFUSED;
        pipeline().fireUserEventTriggered(new ReadFailure(failure));
        pipeline().fireUserEventTriggered(DrainEvent.INSTANCE);
        if (isOpen()) {
            try {
                setFlag(flag == Native.EPOLLOUT ? flag : Native.EPOLLIN);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    protected void doClose() throws Exception {
        try {
            if (epoll == Epoll.NOT_YET) {
                // Of an open one its event loop would see to it that it leaves epoll.
                socket.close();
            }
        } finally {
            super.doClose();
        }
    }

    @Override
    public StreamChannelConfig config() {
        return config;
    }

    @Override
    protected DomainSocketAddress localAddress0() {
        return socket.localDomainSocketAddress();
    }

    @Override
    protected DomainSocketAddress remoteAddress0() {
        return socket.remoteDomainSocketAddress();
    }

    @Override
    public DomainSocketAddress localAddress() {
        return (DomainSocketAddress) super.localAddress();
    }

    @Override
    public DomainSocketAddress remoteAddress() {
        return (DomainSocketAddress) super.remoteAddress();
    }
}
