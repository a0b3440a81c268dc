package io.handoff.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.netty.Frames;
import io.handoff.netty.answer.BackendChannel;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.FrameBudget.Share;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** The budget alone, and as the connections that share it use it. */
class FrameBudgetTest {

    private static final HandoffToken TOKEN = HandoffToken.ofHex("000102030405060708090a0b0c0d0e0f");
    private static final int LARGE = 70_000;

    private final FrameBudget budget = new FrameBudget(100_000);
    private final byte[] large = largeOffer();

    @Test
    void shouldTakeNothingWhenAFrameIsSmall() {
        assertThat(budget.take(HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH)).isNull();
        assertThat(budget.taken()).isZero();
    }

    @Test
    void shouldRefuseWhatDoesNotFitUntilAShareIsGivenBack() {
        Share first = take(LARGE);

        assertThatThrownBy(() -> budget.take(LARGE))
                .isInstanceOfSatisfying(
                        HandoffWireException.class,
                        error -> assertThat(error.kind()).isEqualTo(Kind.FRAME_BUDGET_EXCEEDED))
                .hasMessage("no room for a frame body of 70000 bytes: large ones take up 70000 of 100000");
        assertThat(budget.taken()).isEqualTo(LARGE);

        first.giveBack();
        assertThat(budget.taken()).isZero();
        take(100_000).giveBack();
    }

    @Test
    void shouldThrowWhenAShareIsGivenBackTwice() {
        Share share = take(LARGE);
        share.giveBack();

        assertThatThrownBy(share::giveBack).isInstanceOf(IllegalStateException.class);
        assertThat(budget.taken()).isZero();
    }

    private Share take(int bodyLength) {
        return Objects.requireNonNull(budget.take(bodyLength));
    }

    @Test
    void shouldRefuseALargeFrameOnItsHeaderAndAnswerSmallOnes() {
        BackendChannel first = BackendChannel.sharing(budget);
        BackendChannel second = BackendChannel.sharing(budget).registering(TOKEN);
        first.receive(large, 0, 5);
        assertThat(budget.taken()).isEqualTo(LARGE);

        byte[] both = Frames.concat(Frames.offer(TOKEN, 1), Arrays.copyOf(large, 5));
        second.receive(both, both.length);

        assertThat(second.sent()).isEqualTo(Frames.accepting(TOKEN, 1));
        assertThat(second.errors).singleElement().isInstanceOf(HandoffWireException.class);
        assertThat(second.channel.isOpen()).isFalse();
        second.finish();
        assertThat(budget.taken()).isEqualTo(LARGE);
        first.channel.close();
        assertThat(budget.taken()).isZero();
        first.finish();
    }

    @Test
    void shouldGiveBackOnlyWhenTheAckHasLeft() {
        BackendChannel backend = BackendChannel.sharing(budget);
        HoldingWrites writes = new HoldingWrites();
        backend.channel.pipeline().addFirst(writes);

        backend.receive(large, 10_000);
        assertThat(writes.held).hasSize(1);
        assertThat(budget.taken()).isEqualTo(LARGE);

        writes.held.remove().run();
        assertThat(budget.taken()).isZero();
        assertThat(backend.sent()).hasSizeGreaterThan(LARGE / 2);
        backend.finish();
    }

    @Test
    void shouldGiveBackWhenTheAckCannotLeave() {
        BackendChannel backend = BackendChannel.sharing(budget);
        backend.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
                ReferenceCountUtil.release(msg);
                promise.setFailure(new IllegalStateException("of this test"));
            }
        });

        backend.receive(large, large.length);

        assertThat(budget.taken()).isZero();
        assertThat(backend.channel.isOpen()).isFalse();
        // Closing has removed the handlers, with the one that keeps the acceptances, before this was told.
        assertThat(backend.channel.<Object>readInbound()).isInstanceOf(HandoffAnswer.Rejected.class);
        backend.finish();
    }

    @Test
    void shouldGiveBackWhenTheBodyIsNoOffer() {
        BackendChannel backend = BackendChannel.sharing(budget);

        byte[] broken = Frames.framed(new byte[LARGE]);
        backend.receive(broken, broken.length);

        assertThat(backend.errors).hasSize(1);
        assertThat(budget.taken()).isZero();
        backend.finish();
    }

    @Test
    void shouldTakeOneShareAtATimeWhenLargeOffersFollowEachOther() {
        BackendChannel backend = BackendChannel.sharing(budget);

        for (int i = 0; i < 10; i++) {
            backend.receive(large, 20_000);
            assertThat(backend.sent()).isNotEmpty();
        }

        assertThat(backend.errors).isEmpty();
        assertThat(budget.taken()).isZero();
        backend.finish();
    }

    /** An offer whose body has {@link #LARGE} bytes, most of them a token that its ACK repeats. */
    private static byte[] largeOffer() {
        int overhead = Frames.offerWithToken(LARGE / 2 + 1_000).length - 5 - (LARGE / 2 + 1_000);
        byte[] offer = Frames.offerWithToken(LARGE - overhead);
        assertThat(offer).hasSize(LARGE + 5);
        return offer;
    }

    /** Has what is written leave when the test says so. */
    private static final class HoldingWrites extends ChannelOutboundHandlerAdapter {
        final Queue<Runnable> held = new ArrayDeque<>();

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            held.add(() -> ctx.writeAndFlush(msg, promise));
        }
    }
}
