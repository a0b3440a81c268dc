package io.handoff.cli;

import io.handoff.netty.HandoffPipeline;
import io.handoff.netty.Offer;
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
final class OfferClient implements AutoCloseable {

    private final Path socket;
    private final Duration timeout;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    /** Takes the backend's socket, and the time that each offer has for its answer. */
    OfferClient(Path socket, Duration timeout) {
        this.socket = socket;
        this.timeout = timeout;
    }

    OfferAnswer offer(Offer offer) {
        EventLoop loop = loops.next();
        Promise<OfferAnswer> answer = loop.newPromise();
        new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        HandoffPipeline.addBroker(connection.pipeline(), offer)
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

    private String connectFailure(Throwable cause) {
        // The one failure to which Netty gives no text.
        return cause instanceof FileNotFoundException
                ? "connect(..) failed: no such file: " + socket
                : String.valueOf(cause.getMessage());
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
