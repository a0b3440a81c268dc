package io.handoff.netty.broker;

import io.handoff.netty.wire.HandoffAnswer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

/** Last handler of a control connection: brings its attempt the answer, or the end of the connection. */
final class AckHandler extends SimpleChannelInboundHandler<HandoffAnswer> {

    /** What an attempt hears of its control connection. */
    interface Exchange {
        void answered(HandoffAnswer answer);

        void controlClosed();

        void controlFailed(Throwable cause);
    }

    private final Exchange exchange;

    AckHandler(Exchange exchange) {
        this.exchange = exchange;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HandoffAnswer answer) {
        exchange.answered(answer);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        // Netty's decoders tell of the end before they tell that it came in the middle of a frame.
        ctx.executor().execute(exchange::controlClosed);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        exchange.controlFailed(cause);
    }
}
