package io.handoff.cli;

import io.handoff.netty.HandoffBroker;
import io.handoff.netty.HandoffOutcome;
import io.handoff.netty.Offer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One offer that brings a connection along, made as a broker makes it: the client at its other end is ours, too. */
final class DescriptorOffer implements AutoCloseable {

    private final HandoffBroker broker;
    private final Duration timeout;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    /**
     * Takes the backend's socket, and the time for the answer, which is also that for the echo.
     *
     * @throws IllegalArgumentException if the socket's path is too long
     */
    DescriptorOffer(Path socket, Duration timeout) {
        this.broker = HandoffBroker.builder(socket).timeout(timeout).build();
        this.timeout = timeout;
    }

    OfferAnswer offer(Offer offer) throws IOException {
        String correlationId = Long.toUnsignedString(offer.correlationId());
        try (OwnClient client = OwnClient.connect(loops.next(), timeout)) {
            HandoffOutcome outcome = broker.handOff(client.brokersEnd(), offer)
                    .syncUninterruptibly()
                    .getNow();
            if (outcome instanceof HandoffOutcome.Rejected rejected) {
                return new OfferAnswer.Rejected(correlationId, rejected.detail());
            }
            if (outcome instanceof HandoffOutcome.Failed failed) {
                return new OfferAnswer.NoAnswer(
                        correlationId, String.valueOf(failed.cause().getMessage()));
            }
            return new OfferAnswer.Accepted(correlationId, client.checkEcho(timeout));
        }
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
