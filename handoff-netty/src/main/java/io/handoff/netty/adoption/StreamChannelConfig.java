package io.handoff.netty.adoption;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.EpollChannelConfig;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.channel.unix.DomainSocketChannelConfig;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The options of the channels of our own. Those of the socket of an adopted one, which the broker's copy shares, are held until {@link
 * #release()}: until then the socket is as it came, and the channel tells what it will be. One class for both families, because Netty
 * asks no other than its own configuration of Unix-domain channels, or a {@link SocketChannelConfig}, about half-closure. Not API.
 */
public final class StreamChannelConfig extends EpollChannelConfig
        implements SocketChannelConfig, DomainSocketChannelConfig {

    private static final Logger logger = LoggerFactory.getLogger(StreamChannelConfig.class);
    final AtomicInteger readingStops = new AtomicInteger(); // Each takes back what was asked for.
    private final Map<ChannelOption<?>, SocketOption<?>> options;
    private final boolean isTcp;
    private final HeldOptions held = new HeldOptions();
    private volatile boolean allowHalfClosure;
    private volatile int soLinger = -1;

    private StreamChannelConfig(AbstractEpollStreamChannel channel, boolean isTcp) {
        super(channel);
        this.isTcp = isTcp;
        this.options = isTcp ? SocketOption.OF_TCP : SocketOption.OF_UNIX;
    }

    /** As that of an {@code EpollSocketChannel}, which sets TCP_NODELAY. */
    static StreamChannelConfig ofTcp(AbstractEpollStreamChannel channel) {
        return new StreamChannelConfig(channel, true).setTcpNoDelay(true);
    }

    /**
     * {@return one like that of an {@code EpollDomainSocketChannel}}
     * @param channel what it configures
     */
    public static StreamChannelConfig ofUnix(AbstractEpollStreamChannel channel) {
        return new StreamChannelConfig(channel, false);
    }

    /** Gives the socket the options that were held. One that it refuses is logged, as {@code ServerBootstrap} does. */
    public void release() {
        Map<ChannelOption<?>, Object> due = held.take();
        if (isTcp) {
            SocketOption.makeHarmless(socket());
        }
        due.forEach((option, value) -> {
            try {
                set(option, value);
            } catch (RuntimeException e) {
                logger.warn("cannot set option {} of an adopted connection to {}", option, value, e);
            }
        });
    }

    /** How long close(2) may take because of the program's own SO_LINGER, in seconds; not positive for not at all. */
    int lingerSeconds() {
        return soLinger;
    }

    private boolean isOfSocket(ChannelOption<?> option) {
        return options.containsKey(option)
                || option instanceof IntegerUnixChannelOption
                || option instanceof RawUnixChannelOption;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        ChannelOption<?>[] ofSocket = options.keySet().toArray(new ChannelOption<?>[0]);
        return getOptions(getOptions(super.getOptions(), ChannelOption.ALLOW_HALF_CLOSURE), ofSocket);
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // As Netty's: an option that nobody knows is null.
    public <T> T getOption(ChannelOption<T> option) {
        T value = held.get(option);
        if (value != null) {
            return value;
        }
        if (option.equals(ChannelOption.ALLOW_HALF_CLOSURE)) {
            return (T) Boolean.valueOf(allowHalfClosure);
        }
        SocketOption<T> ofSocket = (SocketOption<T>) options.get(option);
        return ofSocket == null ? super.getOption(option) : ofSocket.get(socket());
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        return (isOfSocket(option) && held.hold(option, value)) || set(option, value);
    }

    @SuppressWarnings("unchecked")
    private <T> boolean set(ChannelOption<T> option, Object value) {
        if (option.equals(ChannelOption.ALLOW_HALF_CLOSURE)) {
            allowHalfClosure = (Boolean) value;
            return true;
        }
        SocketOption<T> ofSocket = (SocketOption<T>) options.get(option);
        if (ofSocket == null) {
            return super.setOption(option, (T) value);
        }
        ofSocket.set(socket(), (T) value);
        if (option.equals(ChannelOption.SO_LINGER)) {
            soLinger = (Integer) value;
        }
        return true;
    }

    private <T> StreamChannelConfig with(ChannelOption<T> option, T value) {
        setOption(option, value);
        return this;
    }

    @Override
    public boolean isAllowHalfClosure() {
        return allowHalfClosure;
    }

    @Override
    public StreamChannelConfig setAllowHalfClosure(boolean allowHalfClosure) {
        this.allowHalfClosure = allowHalfClosure;
        return this;
    }

    @Override
    public boolean isTcpNoDelay() {
        return getOption(ChannelOption.TCP_NODELAY);
    }

    @Override
    public StreamChannelConfig setTcpNoDelay(boolean tcpNoDelay) {
        return with(ChannelOption.TCP_NODELAY, tcpNoDelay);
    }

    @Override
    public int getSoLinger() {
        return getOption(ChannelOption.SO_LINGER);
    }

    @Override
    public StreamChannelConfig setSoLinger(int soLinger) {
        return with(ChannelOption.SO_LINGER, soLinger);
    }

    @Override
    public int getSendBufferSize() {
        return getOption(ChannelOption.SO_SNDBUF);
    }

    @Override
    public StreamChannelConfig setSendBufferSize(int sendBufferSize) {
        return with(ChannelOption.SO_SNDBUF, sendBufferSize);
    }

    @Override
    public int getReceiveBufferSize() {
        return getOption(ChannelOption.SO_RCVBUF);
    }

    @Override
    public StreamChannelConfig setReceiveBufferSize(int receiveBufferSize) {
        return with(ChannelOption.SO_RCVBUF, receiveBufferSize);
    }

    @Override
    public boolean isKeepAlive() {
        return getOption(ChannelOption.SO_KEEPALIVE);
    }

    @Override
    public StreamChannelConfig setKeepAlive(boolean keepAlive) {
        return with(ChannelOption.SO_KEEPALIVE, keepAlive);
    }

    @Override
    public int getTrafficClass() {
        return getOption(ChannelOption.IP_TOS);
    }

    @Override
    public StreamChannelConfig setTrafficClass(int trafficClass) {
        return with(ChannelOption.IP_TOS, trafficClass);
    }

    @Override
    public boolean isReuseAddress() {
        return getOption(ChannelOption.SO_REUSEADDR);
    }

    @Override
    public StreamChannelConfig setReuseAddress(boolean reuseAddress) {
        return with(ChannelOption.SO_REUSEADDR, reuseAddress);
    }

    /** Does nothing, like every epoll channel. */
    @Override
    public StreamChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public DomainSocketReadMode getReadMode() {
        return DomainSocketReadMode.BYTES;
    }

    /** Netty keeps the reading of descriptors to its own channels. */
    @Override
    public StreamChannelConfig setReadMode(DomainSocketReadMode mode) {
        if (mode != DomainSocketReadMode.BYTES) {
            throw new UnsupportedOperationException("an adopted connection reads " + DomainSocketReadMode.BYTES
                    + " only; DOMAIN_SOCKET_READ_MODE was " + mode);
        }
        return this;
    }

    @Override
    public StreamChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public StreamChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public StreamChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public StreamChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public StreamChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public StreamChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        readingStops.addAndGet(autoRead ? 0 : 1);
        return this;
    }

    @Override
    public StreamChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    @Deprecated
    public StreamChannelConfig setWriteBufferHighWaterMark(int writeBufferHighWaterMark) {
        super.setWriteBufferHighWaterMark(writeBufferHighWaterMark);
        return this;
    }

    @Override
    @Deprecated
    public StreamChannelConfig setWriteBufferLowWaterMark(int writeBufferLowWaterMark) {
        super.setWriteBufferLowWaterMark(writeBufferLowWaterMark);
        return this;
    }

    @Override
    public StreamChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }

    @Override
    public StreamChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }
}
