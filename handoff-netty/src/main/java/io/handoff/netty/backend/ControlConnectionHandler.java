package io.handoff.netty.backend;

import io.handoff.netty.answer.AckFailure;
import io.handoff.netty.answer.ReadFailure;
import io.handoff.netty.observe.LeftAcks;
import io.handoff.netty.observe.ServerObserver;
import io.handoff.netty.wire.AckBatch;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffWireException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last handler of a server's connections: tells the observers what comes up the pipeline. */
final class ControlConnectionHandler extends SimpleChannelInboundHandler<HandoffAnswer> {

    private static final Logger logger = LoggerFactory.getLogger(ControlConnectionHandler.class);

    private final Arrival arrival;
    private final ServerObserver observer;

    ControlConnectionHandler(Arrival arrival, ServerObserver observer) {
        super(HandoffAnswer.class);
        this.arrival = arrival;
        this.observer = observer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HandoffAnswer answer) {
        observer.offerJudged(arrival.peer(), answer);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof AckBatch acks) {
            long nowNanos = ctx.executor().ticker().nanoTime();
            observer.acksLeft(
                    arrival.peer(),
                    new LeftAcks(
                            acks.answers(),
                            arrival.carried() != null,
                            nowNanos - acks.readAtNanos(),
                            nowNanos - arrival.atNanos()));
        } else if (event instanceof AckFailure failure) {
            observer.ackFailed(arrival.peer(), failure.answer());
        } else if (event instanceof ReadFailure failure) {
            observer.callFailed(failure.cause());
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof HandoffWireException error) {
            observer.wireError(arrival.peer(), error);
        } else {
            logger.debug("the connection of {} failed", arrival.peer(), cause);
        }
    }
}
