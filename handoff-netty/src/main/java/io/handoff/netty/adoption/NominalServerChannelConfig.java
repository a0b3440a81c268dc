package io.handoff.netty.adoption;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollMode;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.util.NetUtil;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the options of a listening socket, and does nothing with them: there is no such socket. */
final class NominalServerChannelConfig extends DefaultChannelConfig implements ServerSocketChannelConfig {

    /** What an {@code EpollServerSocketChannel} knows. */
    @SuppressWarnings("deprecation") // EPOLL_MODE: a program may set it yet.
    private static final Map<ChannelOption<?>, Object> OF_THE_SOCKET = Map.of(
            ChannelOption.SO_BACKLOG,
            NetUtil.SOMAXCONN,
            ChannelOption.SO_REUSEADDR,
            true,
            ChannelOption.SO_RCVBUF,
            0,
            ChannelOption.TCP_FASTOPEN,
            0,
            EpollChannelOption.SO_REUSEPORT,
            false,
            EpollChannelOption.IP_FREEBIND,
            false,
            EpollChannelOption.IP_TRANSPARENT,
            false,
            EpollChannelOption.TCP_DEFER_ACCEPT,
            0,
            EpollChannelOption.EPOLL_MODE,
            EpollMode.EDGE_TRIGGERED);

    private final Map<ChannelOption<?>, Object> ofTheSocket = new ConcurrentHashMap<>(OF_THE_SOCKET);

    NominalServerChannelConfig(Channel channel) {
        super(channel);
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        Map<ChannelOption<?>, Object> all = super.getOptions();
        all.putAll(ofTheSocket);
        return all;
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // As Netty's: an option that nobody knows is null.
    public <T> T getOption(ChannelOption<T> option) {
        T kept = (T) ofTheSocket.get(option);
        return kept == null ? super.getOption(option) : kept;
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (option.equals(EpollChannelOption.TCP_MD5SIG)) {
            return true; // Keys, which nobody gets back from Netty's either.
        }
        if (isOfTheSocket(option)) {
            ofTheSocket.put(option, value);
            return true;
        }
        return super.setOption(option, value);
    }

    private static boolean isOfTheSocket(ChannelOption<?> option) {
        return OF_THE_SOCKET.containsKey(option)
                || option instanceof IntegerUnixChannelOption
                || option instanceof RawUnixChannelOption;
    }

    private <T> NominalServerChannelConfig with(ChannelOption<T> option, T value) {
        setOption(option, value);
        return this;
    }

    @Override
    public int getBacklog() {
        return getOption(ChannelOption.SO_BACKLOG);
    }

    @Override
    public NominalServerChannelConfig setBacklog(int backlog) {
        return with(ChannelOption.SO_BACKLOG, backlog);
    }

    @Override
    public boolean isReuseAddress() {
        return getOption(ChannelOption.SO_REUSEADDR);
    }

    @Override
    public NominalServerChannelConfig setReuseAddress(boolean reuseAddress) {
        return with(ChannelOption.SO_REUSEADDR, reuseAddress);
    }

    @Override
    public int getReceiveBufferSize() {
        return getOption(ChannelOption.SO_RCVBUF);
    }

    @Override
    public NominalServerChannelConfig setReceiveBufferSize(int receiveBufferSize) {
        return with(ChannelOption.SO_RCVBUF, receiveBufferSize);
    }

    @Override
    public NominalServerChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public NominalServerChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public NominalServerChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public NominalServerChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public NominalServerChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public NominalServerChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public NominalServerChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public NominalServerChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public NominalServerChannelConfig setWriteBufferHighWaterMark(int writeBufferHighWaterMark) {
        super.setWriteBufferHighWaterMark(writeBufferHighWaterMark);
        return this;
    }

    @Override
    public NominalServerChannelConfig setWriteBufferLowWaterMark(int writeBufferLowWaterMark) {
        super.setWriteBufferLowWaterMark(writeBufferLowWaterMark);
        return this;
    }

    @Override
    public NominalServerChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }
}
