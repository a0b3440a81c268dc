package io.handoff.cli.offer;

import io.handoff.netty.broker.HandoffBroker;
import io.handoff.netty.broker.HandoffOutcome;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.Offer;
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
    private final EventLoopGroup loops;

    /** Takes the backend's socket, and the time for the answer, which is also that for the echo. */
    DescriptorOffer(Path socket, Duration timeout) {
        this.broker = HandoffBroker.builder(socket).timeout(timeout).build();
        // After the broker, which says what to do where native code cannot be loaded.
        this.loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
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
                return new OfferAnswer.NoAnswer(correlationId, failed.cause().getMessage() + advice(failed));
            }
            return new OfferAnswer.Accepted(correlationId, client.checkEcho(timeout));
        }
    }

    /** A backend without descriptors takes the token for a frame, and closes. */
    private static String advice(HandoffOutcome.Failed failed) {
        return failed.stage() == Stage.ACK && !(failed.cause() instanceof HandoffWireException)
                ? "; if it has --no-descriptors, leave out --descriptor, else its log says why"
                : "";
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
