package io.handoff.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last handler of a server's connections: reports what comes up the pipeline. */
final class ControlConnectionHandler extends SimpleChannelInboundHandler<HandoffAcceptance> {

    private static final Logger logger = LoggerFactory.getLogger(ControlConnectionHandler.class);

    private final HandoffPeer peer;
    private final HandoffListener listener;

    ControlConnectionHandler(HandoffPeer peer, HandoffListener listener) {
        super(HandoffAcceptance.class);
        this.peer = peer;
        this.listener = listener;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HandoffAcceptance acceptance) {
        logger.debug("{} offered: {}", peer, acceptance);
        listener.offerJudged(peer, acceptance);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof AckFailure failure) {
            logger.debug("{} did not get its answer: {}", peer, failure.acceptance());
            listener.ackFailed(peer, failure.acceptance());
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof HandoffWireException error) {
            logger.debug("closing the connection of {}: {}", peer, error.getMessage());
            listener.wireError(peer, error);
        } else {
            logger.debug("the connection of {} failed", peer, cause);
        }
    }
}
