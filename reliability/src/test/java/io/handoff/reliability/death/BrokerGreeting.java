package io.handoff.reliability.death;

import io.handoff.netty.broker.BoundaryBuffer;
import io.handoff.netty.broker.HandoffBroker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.FixedLengthFrameDecoder;
import java.util.Map;

/** Reads a client's {@link Opening}, and makes the pipeline that serves it: bytes, or numbers where it leaves by a takeover. */
final class BrokerGreeting extends ChannelInboundHandlerAdapter {

    private static final int MAX_UNREAD_BYTES = 1024;

    private final Map<HandoffStep, HandoffBroker> brokers;
    private final StepHolds holds;

    BrokerGreeting(Map<HandoffStep, HandoffBroker> brokers, StepHolds holds) {
        this.brokers = brokers;
        this.holds = holds;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf bytes = (ByteBuf) msg;
        Opening opening = Opening.of(bytes.readByte());
        ChannelPipeline pipeline = ctx.pipeline();
        if (opening.way() == Way.TAKEOVER) {
            pipeline.addLast(new BoundaryBuffer(MAX_UNREAD_BYTES)).addLast(new FixedLengthFrameDecoder(Integer.BYTES));
        }
        HandoffBroker broker = brokers.get(opening.destination());
        pipeline.addLast(new BrokerClient(opening, broker, holds)).remove(this);
        pipeline.fireChannelRead(bytes);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
