package io.handoff.cli.offer;

import io.handoff.netty.broker.HandoffBrokerPipeline;
import io.handoff.netty.descriptor.NativeCode;
import io.handoff.netty.descriptor.SocketPath;
import io.handoff.netty.wire.Offer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.Promise;
import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Sends offers to the handoff socket of a backend, each on a new connection, and waits for the answers. */
public final class OfferClient implements AutoCloseable {

    private final Path socket;
    private final Duration timeout;
    private final EventLoopGroup loops;

    /** Takes the backend's socket, and the time that each offer has for its answer. */
    public OfferClient(Path socket, Duration timeout) {
        this.socket = socket;
        this.timeout = timeout;
        NativeCode.requireEpoll("an offer");
        this.loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    /** Makes an offer and waits for its answer: for no longer than the timeout. Not for an event loop. */
    public OfferAnswer offer(Offer offer) {
        EventLoop loop = loops.next();
        Promise<OfferAnswer> answer = loop.newPromise();
        new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        HandoffBrokerPipeline.add(connection.pipeline(), offer)
                                .addLast(new OfferExchange(offer, timeout, answer));
                    }
                })
                .connect(new DomainSocketAddress(socket.toString()))
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        answer.trySuccess(new OfferAnswer.NoAnswer(
                                Long.toUnsignedString(offer.correlationId()), connectFailure(connected.cause())));
                    }
                });
        return answer.syncUninterruptibly().getNow();
    }

    /** In the words of {@code HandoffBroker}. */
    private String connectFailure(Throwable cause) {
        String obstacle = SocketPath.obstacleToConnecting(socket);
        if (obstacle != null) {
            return "cannot connect to " + socket + ": " + obstacle;
        }
        return cause instanceof FileNotFoundException
                ? "no backend at " + socket + ": no such file"
                : String.valueOf(cause.getMessage());
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
