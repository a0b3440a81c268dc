package io.handoff.netty.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.wire.FrameBudget;
import io.handoff.netty.wire.FrameShares;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.testkit.EmbeddedFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A backend's whole pipeline without a socket, and a record of what came up it. */
public final class BackendChannel {

    private static final int FRAME_LENGTH = HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH;

    static final HandoffPeer PEER = new HandoffPeer(4711, 1000, 1000);

    public final List<HandoffAnswer> answers = new ArrayList<>();
    public final List<Throwable> errors = new ArrayList<>();
    public final EmbeddedChannel channel = new EmbeddedChannel();
    public final HandoffTokenStore tokens = new HandoffTokenStore(
            channel.eventLoop(), HandoffTokenStore.DEFAULT_MAX_PENDING, HandoffTokenStore.DEFAULT_TIME_TO_LIVE);

    public BackendChannel() {
        this(ExpectedTokenPolicy.pending(), OfferAdmission.all());
    }

    public BackendChannel(ExpectedTokenPolicy policy, OfferAdmission admission) {
        install(new HandoffFrameDecoder(FRAME_LENGTH), new HandoffTokens(tokens), policy, admission);
    }

    /** A pipeline whose tokens live elsewhere. */
    public BackendChannel(HandoffTokens elsewhere) {
        install(new HandoffFrameDecoder(FRAME_LENGTH), elsewhere, ExpectedTokenPolicy.pending(), OfferAdmission.all());
    }

    /** A pipeline that reads frames of any size that the protocol allows. */
    public static BackendChannel readingAnySize() {
        return sharing(new FrameBudget(Long.MAX_VALUE));
    }

    /** The same, as long as the budget that it shares with others allows it. */
    public static BackendChannel sharing(FrameBudget budget) {
        return new BackendChannel(
                new HandoffFrameDecoder(HandoffFrameDecoder.MAX_FRAME_LENGTH, new FrameShares(budget), false));
    }

    /** A pipeline whose buffers somebody counts. */
    public BackendChannel(
            int maxFrameLength, ExpectedTokenPolicy policy, OfferAdmission admission, ByteBufAllocator buffers) {
        channel.config().setAllocator(buffers);
        install(new HandoffFrameDecoder(maxFrameLength), new HandoffTokens(tokens), policy, admission);
    }

    private BackendChannel(HandoffFrameDecoder frames) {
        install(frames, new HandoffTokens(tokens), ExpectedTokenPolicy.pending(), OfferAdmission.all());
    }

    private void install(
            HandoffFrameDecoder frames, HandoffTokens tokens, ExpectedTokenPolicy policy, OfferAdmission admission) {
        channel.freezeTime();
        HandoffBackendPipeline.add(
                        channel.pipeline(),
                        frames,
                        new ReadTurns(),
                        HandoffBackendPipeline.DEFAULT_OFFER_TIMEOUT,
                        Duration.ZERO,
                        new HandoffOfferHandler(tokens, policy, admission, PEER))
                .addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        answers.add((HandoffAnswer) msg);
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        errors.add(cause);
                    }
                });
    }

    public BackendChannel registering(HandoffToken... pending) {
        for (HandoffToken token : pending) {
            tokens.register(token, channel.eventLoop().ticker().nanoTime());
        }
        return this;
    }

    /** What the peer sends arrives in pieces of at most this size. */
    public void receive(byte[] bytes, int pieceSize) {
        for (int start = 0; start < bytes.length; start += pieceSize) {
            receive(bytes, start, Math.min(start + pieceSize, bytes.length));
        }
    }

    /** One piece of what the peer sends. Once the channel is closed, nothing arrives any more. */
    public void receive(byte[] bytes, int start, int end) {
        if (channel.isOpen()) {
            ByteBuf piece = channel.alloc().buffer(end - start).writeBytes(bytes, start, end - start);
            channel.pipeline().fireChannelRead(piece);
            channel.pipeline().fireChannelReadComplete();
            channel.runPendingTasks();
        }
    }

    public void receiveEof() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        channel.runPendingTasks();
    }

    /** Ends the connection; fails if anything is left in it that the test has not looked at. */
    public void finish() {
        assertThat(sent()).isEmpty();
        assertThat(channel.finish()).isFalse();
    }

    /** All bytes written so far, taken. */
    public byte[] sent() {
        return EmbeddedFrames.takeSent(channel);
    }
}
