package io.handoff.benchmarks.jmh;

import io.handoff.netty.answer.HandoffBackendPipeline;
import io.handoff.netty.answer.HandoffOfferHandler;
import io.handoff.netty.answer.OfferAdmission;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffPeer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/**
 * From the bytes of one offer to the bytes of its ACK, through the pipeline that the server uses. The tokens live on the
 * channel's own event loop, so nothing hops, and the store holds no other token.
 *
 * <p>{@link RawEcho} is the floor below: the same bytes in, the same {@link EmbeddedBytes}, no protocol.
 */
public class OfferPipeline extends NanosecondsPerOperation {

    private static final Duration LONGER_THAN_ANY_RUN = Duration.ofDays(1);

    private final byte[] frame = SampleOffer.frame();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final HandoffTokenStore store = new HandoffTokenStore(
            channel.eventLoop(), HandoffTokenStore.DEFAULT_MAX_PENDING, HandoffTokenStore.DEFAULT_TIME_TO_LIVE);

    /** Installs the pipeline, and behind it what stands for the program: a handler that drops the acceptances. */
    public OfferPipeline() {
        HandoffBackendPipeline.add(
                        channel.pipeline(),
                        HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH,
                        LONGER_THAN_ANY_RUN,
                        new HandoffOfferHandler(
                                new HandoffTokens(store),
                                ExpectedTokenPolicy.pending(),
                                OfferAdmission.all(),
                                new HandoffPeer(1, 0, 0)))
                .addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object answer) {}
                });
    }

    /**
     * One offer whose token is pending. Making it pending is inside the operation and counts, in time and in bytes: every
     * acceptance needs one, and a backend whose tokens come with the descriptors pays for it at this very place. Keeping
     * it out, per invocation or per batch, would keep it out of the time only: the allocation profiler counts
     * all the same.
     */
    @Benchmark
    public int accepted() {
        return EmbeddedBytes.release(offerPendingToken());
    }

    /** One offer whose token is not pending, as in a replay; the ACK carries the reason. */
    @Benchmark
    public int rejected() {
        return EmbeddedBytes.release(offer());
    }

    ByteBuf offerPendingToken() {
        store.register(SampleOffer.TOKEN, channel.eventLoop().ticker().nanoTime());
        return offer();
    }

    ByteBuf offer() {
        EmbeddedBytes.deliver(channel, frame);
        return EmbeddedBytes.takeAnswer(channel);
    }

    /** Ends the channel. */
    @TearDown
    public void close() {
        EmbeddedBytes.finish(channel);
    }
}
