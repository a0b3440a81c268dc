package io.handoff.cli;

import io.handoff.netty.HandoffBroker;
import io.handoff.netty.HandoffOutcome;
import io.handoff.netty.HandoffToken;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands each client to the backend as soon as it is connected, before a byte of it is read. The handlers behind this one
 * serve the clients that stay here: those whom the backend rejects, or cannot be reached for.
 */
@Sharable
final class ClientHandler extends ChannelInboundHandlerAdapter {

    private final HandoffBroker broker;
    private final String serviceName;
    private final ReportPrinter printer;
    private final AtomicLong lastCorrelationId = new AtomicLong();

    /** One party for each handoff under way, and one for whoever waits until there is none. */
    private final Phaser handoffs = new Phaser(1);

    ClientHandler(HandoffBroker broker, String serviceName, ReportPrinter printer) {
        this.broker = broker;
        this.serviceName = serviceName;
        this.printer = printer;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        long correlationId = lastCorrelationId.incrementAndGet();
        handoffs.register();
        broker.handOff(ctx.channel(), serviceName, HandoffToken.random(), correlationId)
                .addListener((Future<HandoffOutcome> outcome) -> {
                    printer.print(BrokerReport.of(correlationId, outcome.getNow()));
                    handoffs.arriveAndDeregister();
                });
        ctx.fireChannelActive();
    }

    /** Waits until every handoff that has begun has come to its outcome. To be called once, when no more can begin. */
    void awaitOutcomes(Duration timeout) throws InterruptedException, TimeoutException {
        handoffs.awaitAdvanceInterruptibly(handoffs.arriveAndDeregister(), timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
}
