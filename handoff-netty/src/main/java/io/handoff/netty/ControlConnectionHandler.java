package io.handoff.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last handler of a server's connections: reports what comes up the pipeline. */
final class ControlConnectionHandler extends SimpleChannelInboundHandler<HandoffAcceptance> {

    private static final Logger logger = LoggerFactory.getLogger(ControlConnectionHandler.class);

    private final HandoffPeer peer;
    private final long acceptedAtNanos;
    private final boolean bringsDescriptor;
    private final HandoffMetrics metrics;
    private final EventRecorder events;
    private final HandoffListener listener;

    ControlConnectionHandler(Arrival arrival, HandoffMetrics metrics, EventRecorder events, HandoffListener listener) {
        super(HandoffAcceptance.class);
        this.peer = arrival.peer();
        this.acceptedAtNanos = arrival.atNanos();
        this.bringsDescriptor = arrival.carried() != null;
        this.metrics = metrics;
        this.events = events;
        this.listener = listener;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HandoffAcceptance acceptance) {
        listener.offerJudged(peer, acceptance);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof AckBatch acks) {
            acksLeft(acks, ctx.executor().ticker().nanoTime());
        } else if (event instanceof AckFailure failure) {
            listener.ackFailed(peer, failure.acceptance());
        }
        ctx.fireUserEventTriggered(event);
    }

    private void acksLeft(AckBatch acks, long nowNanos) {
        long answerNanos = nowNanos - acks.readAtNanos();
        long sinceAcceptNanos = nowNanos - acceptedAtNanos;
        metrics.acksLeft(acks.size(), answerNanos);
        for (HandoffAcceptance acceptance : acks.acceptances()) {
            if (bringsDescriptor && acceptance instanceof HandoffAcceptance.Accepted) {
                metrics.adopted(sinceAcceptNanos);
            }
            events.answered(peer, acceptance, bringsDescriptor, answerNanos, sinceAcceptNanos);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof HandoffWireException error) {
            listener.wireError(peer, error);
        } else {
            logger.debug("the connection of {} failed", peer, cause);
        }
    }
}
