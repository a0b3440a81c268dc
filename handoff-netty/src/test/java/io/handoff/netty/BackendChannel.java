package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A backend's whole pipeline without a socket, and a record of what came up it. */
final class BackendChannel {

    private static final int FRAME_LENGTH = HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH;

    static final HandoffPeer PEER = new HandoffPeer(4711, 1000, 1000);

    final List<HandoffAcceptance> acceptances = new ArrayList<>();
    final List<Throwable> errors = new ArrayList<>();
    final EmbeddedChannel channel = new EmbeddedChannel();
    final HandoffTokenStore tokens = new HandoffTokenStore(
            channel.eventLoop(), HandoffTokenStore.DEFAULT_MAX_PENDING, HandoffTokenStore.DEFAULT_TIME_TO_LIVE);

    BackendChannel() {
        this(ExpectedTokenPolicy.pending(), OfferAdmission.all());
    }

    BackendChannel(ExpectedTokenPolicy policy, OfferAdmission admission) {
        install(new HandoffFrameDecoder(FRAME_LENGTH), new HandoffTokens(tokens), policy, admission);
    }

    /** A pipeline whose tokens live elsewhere. */
    BackendChannel(HandoffTokens elsewhere) {
        install(new HandoffFrameDecoder(FRAME_LENGTH), elsewhere, ExpectedTokenPolicy.pending(), OfferAdmission.all());
    }

    /** A pipeline that reads frames of any size that the protocol allows. */
    static BackendChannel readingAnySize() {
        return sharing(FrameBudget.unlimited());
    }

    /** The same, as long as the budget that it shares with others allows it. */
    static BackendChannel sharing(FrameBudget budget) {
        return new BackendChannel(new HandoffFrameDecoder(HandoffFrameDecoder.MAX_FRAME_LENGTH, budget));
    }

    /** A pipeline whose buffers somebody counts. */
    BackendChannel(int maxFrameLength, ExpectedTokenPolicy policy, OfferAdmission admission, ByteBufAllocator buffers) {
        channel.config().setAllocator(buffers);
        install(new HandoffFrameDecoder(maxFrameLength), new HandoffTokens(tokens), policy, admission);
    }

    private BackendChannel(HandoffFrameDecoder frames) {
        install(frames, new HandoffTokens(tokens), ExpectedTokenPolicy.pending(), OfferAdmission.all());
    }

    private void install(
            HandoffFrameDecoder frames, HandoffTokens tokens, ExpectedTokenPolicy policy, OfferAdmission admission) {
        channel.freezeTime();
        HandoffPipeline.addBackend(
                        channel.pipeline(),
                        frames,
                        new ReadTurns(),
                        HandoffPipeline.DEFAULT_OFFER_TIMEOUT,
                        Duration.ZERO,
                        new HandoffOfferHandler(tokens, policy, admission, PEER))
                .addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        acceptances.add((HandoffAcceptance) msg);
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        errors.add(cause);
                    }
                });
    }

    BackendChannel registering(HandoffToken... pending) {
        for (HandoffToken token : pending) {
            tokens.register(token, channel.eventLoop().ticker().nanoTime());
        }
        return this;
    }

    /** What the peer sends arrives in pieces of at most this size. */
    void receive(byte[] bytes, int pieceSize) {
        for (int start = 0; start < bytes.length; start += pieceSize) {
            receive(bytes, start, Math.min(start + pieceSize, bytes.length));
        }
    }

    /** One piece of what the peer sends. Once the channel is closed, nothing arrives any more. */
    void receive(byte[] bytes, int start, int end) {
        if (channel.isOpen()) {
            ByteBuf piece = channel.alloc().buffer(end - start).writeBytes(bytes, start, end - start);
            channel.pipeline().fireChannelRead(piece);
            channel.pipeline().fireChannelReadComplete();
            channel.runPendingTasks();
        }
    }

    void receiveEof() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        channel.runPendingTasks();
    }

    /** Ends the connection; fails if anything is left in it that the test has not looked at. */
    void finish() {
        assertThat(sent()).isEmpty();
        assertThat(channel.finish()).isFalse();
    }

    /** All bytes written so far, taken. */
    byte[] sent() {
        CompositeByteBuf all = Unpooled.compositeBuffer(Integer.MAX_VALUE);
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.addComponent(true, next);
        }
        byte[] bytes = ByteBufUtil.getBytes(all);
        all.release();
        return bytes;
    }
}
