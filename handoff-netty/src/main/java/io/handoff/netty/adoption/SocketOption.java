package io.handoff.netty.adoption;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How an option of a channel is read from a socket and written to it. */
record SocketOption<T>(ChannelOption<T> option, Getter<T> getter, Setter<T> setter) {

    interface Getter<T> {
        T get(LinuxSocket socket) throws IOException;
    }

    interface Setter<T> {
        void set(LinuxSocket socket, T value) throws IOException;
    }

    private static final Logger logger = LoggerFactory.getLogger(SocketOption.class);

    // The same on x86_64 and aarch64: asm-generic/socket.h, netinet/tcp.h, bits/in.h.
    private static final int SOL_SOCKET = 1;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_TCP = 6;

    private static final SocketOption<Integer> LINGER =
            new SocketOption<>(ChannelOption.SO_LINGER, Socket::getSoLinger, Socket::setSoLinger);
    private static final SocketOption<Integer> LOW_WATER_MARK = ofSocketLevel("SO_RCVLOWAT", 18);
    private static final SocketOption<Integer> TIMESTAMPING = ofSocketLevel("SO_TIMESTAMPING", 37);
    private static final SocketOption<Integer> ZEROCOPY = ofSocketLevel("SO_ZEROCOPY", 60);

    /** What an {@code EpollDomainSocketChannel} knows. */
    static final Map<ChannelOption<?>, SocketOption<?>> OF_UNIX = byOption(
            new SocketOption<>(ChannelOption.SO_RCVBUF, Socket::getReceiveBufferSize, Socket::setReceiveBufferSize),
            new SocketOption<>(ChannelOption.SO_SNDBUF, Socket::getSendBufferSize, Socket::setSendBufferSize));

    /** What an {@code EpollSocketChannel} knows, but for those that only matter before a connection is made. */
    static final Map<ChannelOption<?>, SocketOption<?>> OF_TCP = byOption(
            new SocketOption<>(ChannelOption.SO_RCVBUF, Socket::getReceiveBufferSize, Socket::setReceiveBufferSize),
            new SocketOption<>(ChannelOption.SO_SNDBUF, Socket::getSendBufferSize, Socket::setSendBufferSize),
            new SocketOption<>(ChannelOption.TCP_NODELAY, Socket::isTcpNoDelay, Socket::setTcpNoDelay),
            new SocketOption<>(ChannelOption.SO_KEEPALIVE, Socket::isKeepAlive, Socket::setKeepAlive),
            new SocketOption<>(ChannelOption.SO_REUSEADDR, Socket::isReuseAddress, Socket::setReuseAddress),
            LINGER,
            new SocketOption<>(ChannelOption.IP_TOS, Socket::getTrafficClass, Socket::setTrafficClass),
            flag(EpollChannelOption.TCP_CORK, IPPROTO_TCP, 3),
            number(EpollChannelOption.TCP_KEEPIDLE, IPPROTO_TCP, 4),
            number(EpollChannelOption.TCP_KEEPINTVL, IPPROTO_TCP, 5),
            number(EpollChannelOption.TCP_KEEPCNT, IPPROTO_TCP, 6),
            flag(EpollChannelOption.TCP_QUICKACK, IPPROTO_TCP, 12),
            number(EpollChannelOption.TCP_USER_TIMEOUT, IPPROTO_TCP, 18),
            unsigned(EpollChannelOption.TCP_NOTSENT_LOWAT, IPPROTO_TCP, 25),
            flag(EpollChannelOption.IP_TRANSPARENT, IPPROTO_IP, 19),
            flag(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, IPPROTO_IP, 24),
            number(EpollChannelOption.SO_BUSY_POLL, SOL_SOCKET, 46));

    /** Throws a {@link ChannelException} whatever is wrong, as Netty's own calls do for most errors but not for all. */
    T get(LinuxSocket socket) {
        try {
            return getter.get(socket);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    void set(LinuxSocket socket, T value) {
        try {
            setter.set(socket, value);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /**
     * Takes back what would hurt the event loop: it would wait in close(2) for a client that does not read (SO_LINGER),
     * or not be told of what a client has sent (SO_RCVLOWAT).
     */
    static void makeHarmless(LinuxSocket socket) {
        LINGER.tryToSet(socket, -1);
        LOW_WATER_MARK.tryToSet(socket, 1);
    }

    /** Switches off what puts entries into the error queue of a connection: completions and times of what is sent. */
    static void queueNoErrors(LinuxSocket socket) {
        TIMESTAMPING.tryToSet(socket, 0);
        ZEROCOPY.tryToSet(socket, 0);
    }

    /** The broker has let go by then: a client is better served with an option too many than not at all. */
    private void tryToSet(LinuxSocket socket, T value) {
        try {
            set(socket, value);
        } catch (ChannelException e) {
            logger.debug("cannot take back {}, which came with an adopted connection", option, e);
        }
    }

    private static SocketOption<Integer> ofSocketLevel(String name, int number) {
        return number(new IntegerUnixChannelOption(name, SOL_SOCKET, number), SOL_SOCKET, number);
    }

    private static SocketOption<Integer> number(ChannelOption<Integer> option, int level, int name) {
        return new SocketOption<>(
                option,
                socket -> socket.getIntOpt(level, name),
                (socket, value) -> socket.setIntOpt(level, name, value));
    }

    private static SocketOption<Boolean> flag(ChannelOption<Boolean> option, int level, int name) {
        return new SocketOption<>(
                option,
                socket -> socket.getIntOpt(level, name) != 0,
                (socket, value) -> socket.setIntOpt(level, name, value ? 1 : 0));
    }

    private static SocketOption<Long> unsigned(ChannelOption<Long> option, int level, int name) {
        return new SocketOption<>(
                option,
                socket -> Integer.toUnsignedLong(socket.getIntOpt(level, name)),
                (socket, value) -> socket.setIntOpt(level, name, value.intValue()));
    }

    private static Map<ChannelOption<?>, SocketOption<?>> byOption(SocketOption<?>... options) {
        Map<ChannelOption<?>, SocketOption<?>> map = new HashMap<>();
        for (SocketOption<?> option : options) {
            map.put(option.option(), option);
        }
        return Map.copyOf(map);
    }
}
