package io.handoff.netty.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import io.handoff.netty.Frames;
import io.handoff.netty.Warns;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.wire.AckBatch;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.HandoffWireException.Kind;
import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffOffer;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The backend's pipeline beyond the golden cases. */
class HandoffPipelineTest {

    private static final HandoffToken TOKEN = HandoffToken.ofHex("000102030405060708090a0b0c0d0e0f");
    private static final HandoffToken OTHER = HandoffToken.ofHex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");

    /** More than are answered in one buffer. */
    private static final int MANY = 600;

    private final BackendChannel backend = new BackendChannel();

    @ParameterizedTest
    @ValueSource(ints = {1, 7, Integer.MAX_VALUE})
    void shouldAnswerInOrderWhenManyOffersArePipelined(int pieceSize) {
        ByteArrayOutputStream offers = new ByteArrayOutputStream();
        ByteArrayOutputStream acks = new ByteArrayOutputStream();
        for (int id = 1; id <= MANY; id++) {
            HandoffToken token = HandoffToken.random();
            boolean pending = id % 3 != 0;
            if (pending) {
                backend.registering(token);
            }
            offers.writeBytes(Frames.offer(token, id));
            acks.writeBytes(
                    pending
                            ? Frames.accepting(token, id)
                            : Frames.rejecting(token, id, "handoff token is not pending"));
        }

        backend.receive(offers.toByteArray(), Math.min(pieceSize, offers.size()));

        assertThat(backend.sent()).isEqualTo(acks.toByteArray());
        assertThat(backend.answers)
                .extracting(answer -> answer.offer().correlationId())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, MANY).mapToObj(Long::valueOf).toList());
        assertThat(backend.errors).isEmpty();
        backend.finish();
    }

    @Test
    void shouldAnswerBothWhenTwoOffersArriveInOneRead() {
        backend.registering(TOKEN, OTHER);

        byte[] both = Frames.concat(Frames.offer(TOKEN, 1), Frames.offer(OTHER, 2));
        backend.receive(both, both.length);

        assertThat(backend.sent()).isEqualTo(Frames.concat(Frames.accepting(TOKEN, 1), Frames.accepting(OTHER, 2)));
        backend.finish();
    }

    @Test
    void shouldAnswerInOneBufferWhatArrivesInOneRead() {
        byte[] both = Frames.concat(Frames.offer(TOKEN, 1), Frames.offer(OTHER, 2));
        backend.receive(both, both.length);

        assertThat(backend.channel.outboundMessages()).hasSize(1);
        backend.channel.releaseOutbound();
        backend.finish();
    }

    /** A channel learns of what is to be written only when it is: so a peer that reads nothing is noticed in time. */
    @Test
    void shouldNotCollectAcksThatRepeatLongTokens() {
        byte[] offer = Frames.offerWithToken(10_000);
        byte[] three = Frames.concat(offer, offer, offer);
        backend.receive(three, three.length);

        assertThat(backend.channel.outboundMessages()).hasSize(2);
        backend.channel.releaseOutbound();
        backend.finish();
    }

    @Test
    void shouldTellOfEveryAckThatIsDueWhenTheConnectionCloses() {
        List<Object> failures = new ArrayList<>();
        backend.channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                failures.add(event);
            }
        });

        byte[] both = Frames.concat(Frames.offer(TOKEN, 1), Frames.offer(OTHER, 2));
        backend.channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(both));
        backend.channel.close();

        assertThat(failures)
                .containsExactly(new AckFailure(backend.answers.get(0)), new AckFailure(backend.answers.get(1)));
        backend.finish();
    }

    /** Whoever waits for it would wait for the rest of the offer's time. */
    @Test
    void shouldCloseWhenAnAckCannotBeWritten() {
        backend.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
                ReferenceCountUtil.release(msg);
                promise.setFailure(new IllegalStateException("no write in this test"));
            }
        });

        byte[] offer = Frames.offer(TOKEN, 1);
        backend.receive(offer, offer.length);

        assertThat(backend.answers).hasSize(1);
        assertThat(backend.channel.isOpen()).isFalse();
        backend.finish();
    }

    @Test
    void shouldAnswerTheOffersBeforeAnErrorAndNoneAfterIt() {
        backend.registering(TOKEN, OTHER);
        byte[] wrongKind =
                Frames.framed(Frames.offerFrame(TOKEN, 2).setKindValue(1).build());

        byte[] all = Frames.concat(Frames.offer(TOKEN, 1), wrongKind, Frames.offer(OTHER, 3));
        backend.receive(all, all.length);

        assertThat(backend.sent()).isEqualTo(Frames.accepting(TOKEN, 1));
        assertThat(backend.answers).hasSize(1);
        assertThat(onlyError().kind()).isEqualTo(Kind.FRAME_KIND);
        assertThat(backend.tokens.pendingCount())
                .as("the offer after the error is not looked at")
                .isEqualTo(1);
        assertThat(backend.channel.isOpen()).isFalse();
        backend.finish();
    }

    @Test
    void shouldCloseWithoutAnErrorWhenTheStreamEndsBetweenFrames() {
        backend.registering(TOKEN);
        backend.receive(Frames.offer(TOKEN, 1), 1024);
        backend.receiveEof();

        assertThat(backend.sent()).isEqualTo(Frames.accepting(TOKEN, 1));
        assertThat(backend.errors).isEmpty();
        assertThat(backend.channel.isOpen()).isFalse();
        backend.finish();
    }

    @Test
    void shouldCloseWithoutAnErrorWhenTheStreamEndsBeforeAnyByte() {
        backend.receiveEof();

        assertThat(backend.errors).isEmpty();
        assertThat(backend.channel.isOpen()).isFalse();
        backend.finish();
    }

    @Test
    void shouldReportTheEndInsideAFrameWhenThePeerVanishes() {
        backend.receive(new byte[] {1, 9, 0, 0, 0, 42}, 6);

        backend.finish();

        assertThat(onlyError()).hasMessage("unexpected EOF while reading frame (frame body)");
    }

    @Test
    void shouldPassTheTraceContextOn() {
        backend.registering(TOKEN);
        byte[] traced = Frames.framed(Frames.offerFrame(TOKEN, 1)
                .setTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .setTracestate("rp=1")
                .build());

        backend.receive(traced, traced.length);

        assertThat(backend.answers).singleElement().satisfies(answer -> {
            assertThat(answer.offer().traceparent())
                    .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            assertThat(answer.offer().tracestate()).isEqualTo("rp=1");
        });
        assertThat(backend.sent()).isNotEmpty();
        backend.finish();
    }

    @Test
    void shouldShowNoTokenWhenAnAcceptanceIsPrinted() {
        backend.registering(TOKEN);
        backend.receive(Frames.offer(TOKEN, 1), 1024);

        String printed = backend.answers.toString();

        assertThat(printed).contains("zccache").doesNotContain("\\001\\002\\003", TOKEN.toHex(), "\u0001\u0002\u0003");
        assertThat(backend.sent()).isNotEmpty();
        backend.finish();
    }

    /** protobuf-java takes a known field of another wire type for an unknown one; the protocol refuses it. */
    @Test
    void shouldRefuseAFrameWhenAFieldHasTheWrongWireType() {
        Frame misfit = Frames.offerFrame(TOKEN, 1)
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                Frame.REQUEST_ID_FIELD_NUMBER,
                                UnknownFieldSet.Field.newBuilder().addFixed64(1).build())
                        .build())
                .build();
        byte[] bytes = Frames.framed(misfit);
        backend.receive(bytes, bytes.length);

        assertThat(onlyError())
                .hasMessage("failed to decode HandoffOffer Frame: field request_id has the wrong wire type");
        assertThat(onlyError().kind()).isEqualTo(Kind.UNDECODABLE_FRAME);
        backend.finish();
    }

    @Test
    void shouldRefuseAPayloadWhenAFieldHasTheWrongWireType() {
        HandoffOffer misfit = HandoffOffer.newBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                HandoffOffer.TOKEN_FIELD_NUMBER,
                                UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                        .build())
                .build();
        byte[] bytes = Frames.framed(
                Frames.offerFrame(TOKEN, 0).setPayload(misfit.toByteString()).build());
        backend.receive(bytes, bytes.length);

        assertThat(onlyError())
                .hasMessage("failed to decode HandoffOffer payload: field token has the wrong wire type");
        backend.finish();
    }

    @Test
    void shouldNameTheCapWhenAFrameIsTooLarge() {
        backend.receive(new byte[] {1, 1, 0, 1, 0}, 5);

        assertThat(onlyError()).hasMessage("frame body too large: 65537 bytes exceeds cap 65536");
        assertThat(backend.channel.isOpen()).isFalse();
        backend.finish();
    }

    @Test
    void shouldReadABodyOfExactlyTheCap() {
        Frame.Builder frame = Frames.offerFrame(TOKEN, 1);
        int overhead = frame.setTracestate("x".repeat(65_000)).build().getSerializedSize() - 65_000;
        frame.setTracestate("x".repeat(HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH - overhead));
        assertThat(frame.build().getSerializedSize()).isEqualTo(HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH);
        backend.registering(TOKEN);

        backend.receive(Frames.framed(frame.build()), 10_000);

        assertThat(backend.sent()).isEqualTo(Frames.accepting(TOKEN, 1));
        backend.finish();
    }

    @Test
    void shouldAskTheAdmissionBeforeTheTokenIsConsumed() {
        List<String> asked = new ArrayList<>();
        BackendChannel choosy = new BackendChannel(ExpectedTokenPolicy.pending(), (offer, peer) -> {
                    assertThat(peer).isEqualTo(BackendChannel.PEER);
                    asked.add(offer.serviceName());
                    return Optional.of("service zccache is not served here");
                })
                .registering(TOKEN);

        choosy.receive(Frames.offer(TOKEN, 5), 1024);

        assertThat(asked).containsExactly("zccache");
        assertThat(choosy.sent()).isEqualTo(Frames.rejecting(TOKEN, 5, "service zccache is not served here"));
        assertThat(choosy.tokens.pendingCount()).isEqualTo(1);
        assertThat(choosy.channel.isOpen()).isTrue();
        choosy.finish();
    }

    @Warns("handoff OfferAdmission failed")
    @ParameterizedTest
    @ValueSource(strings = {"throws", "gives a blank text"})
    void shouldRejectWhenTheAdmissionFails(String how) {
        BackendChannel broken = new BackendChannel(ExpectedTokenPolicy.pending(), (offer, peer) -> {
                    if (how.equals("throws")) {
                        throw new IllegalStateException("admission of this test");
                    }
                    return Optional.of(" ");
                })
                .registering(TOKEN);

        broken.receive(Frames.offer(TOKEN, 5), 1024);

        assertThat(broken.sent())
                .isEqualTo(Frames.rejecting(TOKEN, 5, "handoff offer could not be judged by the backend"));
        assertThat(broken.tokens.pendingCount()).isEqualTo(1);
        broken.finish();
    }

    @Test
    void shouldExpireTheTokenWithTheClockOfItsEventLoop() {
        backend.registering(TOKEN);
        for (int seconds = 0; seconds < 30; seconds += 3) {
            backend.receive(Frames.offer(OTHER, 1), 1024);
            advanceSeconds(3);
        }
        assertThat(backend.sent()).isNotEmpty();

        backend.receive(Frames.offer(TOKEN, 3), 1024);

        assertThat(backend.sent()).isEqualTo(Frames.rejecting(TOKEN, 3, "handoff token expired"));
        backend.finish();
    }

    @Test
    void shouldCloseWhenNoOfferArrivesBeforeTheDeadline() {
        advanceSeconds(5);

        assertThat(onlyError()).hasMessage("no HandoffOffer was received and answered within 5000 ms");
        assertThat(onlyError().kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
        assertThat(backend.channel.isOpen()).isFalse();
        backend.finish();
    }

    @Test
    void shouldStillWaitJustBeforeTheDeadline() {
        backend.receive(new byte[] {1}, 1);
        backend.channel.advanceTimeBy(4_999_999_999L, TimeUnit.NANOSECONDS);
        backend.channel.runPendingTasks();

        assertThat(backend.errors).isEmpty();
        assertThat(backend.channel.isOpen()).isTrue();

        backend.channel.advanceTimeBy(1, TimeUnit.NANOSECONDS);
        backend.channel.runPendingTasks();

        assertThat(onlyError().kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
        assertThat(backend.channel.isOpen()).isFalse();
        backend.finish();
    }

    @Test
    void shouldNotMoveTheDeadlineWhenBytesTrickleIn() {
        byte[] offer = Frames.offer(TOKEN, 1);
        for (int second = 0; second < 5; second++) {
            backend.receive(offer, second, second + 1);
            advanceSeconds(1);
        }

        assertThat(onlyError().kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
        backend.finish();
    }

    @Test
    void shouldStartTheDeadlineAnewWithEachAck() {
        backend.registering(TOKEN, OTHER);
        advanceSeconds(4);
        backend.receive(Frames.offer(TOKEN, 1), 1024);
        advanceSeconds(4);
        backend.receive(Frames.offer(OTHER, 2), 1024);

        assertThat(backend.sent()).isEqualTo(Frames.concat(Frames.accepting(TOKEN, 1), Frames.accepting(OTHER, 2)));
        backend.finish();
    }

    @Test
    void shouldCloseWithoutAnErrorWhenNothingFollowsAnAnsweredOffer() {
        backend.registering(TOKEN);
        backend.receive(Frames.offer(TOKEN, 1), 1024);
        advanceSeconds(5);

        assertThat(backend.sent()).isEqualTo(Frames.accepting(TOKEN, 1));
        assertThat(backend.errors).isEmpty();
        assertThat(backend.channel.isOpen()).isFalse();
        backend.finish();
    }

    @Test
    void shouldTellOfTheAcksThatHaveLeftWhenTheirOffersWereRead() throws Exception {
        EventLoop tokenLoop = new DefaultEventLoop();
        CountDownLatch judging = new CountDownLatch(1);
        Future<Boolean> busy = tokenLoop.submit(() -> judging.await(10, TimeUnit.SECONDS));
        BackendChannel awaiting = new BackendChannel(new HandoffTokens(new HandoffTokenStore(
                tokenLoop, HandoffTokenStore.DEFAULT_MAX_PENDING, HandoffTokenStore.DEFAULT_TIME_TO_LIVE)));
        List<AckBatch> left = new ArrayList<>();
        awaiting.channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                left.add((AckBatch) event);
            }
        });
        Ticker ticker = awaiting.channel.eventLoop().ticker();

        long first = ticker.nanoTime();
        byte[] two = Frames.concat(Frames.offer(TOKEN, 1), Frames.offer(TOKEN, 2));
        awaiting.receive(two, two.length);
        awaiting.channel.advanceTimeBy(5, TimeUnit.MILLISECONDS);
        long second = ticker.nanoTime();
        awaiting.receive(Frames.offer(TOKEN, 3), 1024);
        awaiting.channel.advanceTimeBy(5, TimeUnit.MILLISECONDS);
        assertThat(left).isEmpty();
        judging.countDown();
        assertThat(busy.get()).isTrue();
        tokenLoop.submit(() -> {}).get();
        awaiting.channel.runPendingTasks();

        assertThat(left).extracting(AckBatch::readAtNanos).containsExactly(first, second);
        assertThat(left).extracting(AckBatch::size).containsExactly(2, 1);
        assertThat(second - first).isEqualTo(TimeUnit.MILLISECONDS.toNanos(5));
        assertThat(awaiting.sent()).isNotEmpty();
        awaiting.finish();
        tokenLoop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void shouldEchoATokenOfAnyLengthWhenItIsRejected() {
        byte[] offer = Frames.offerWithToken(40_000);

        backend.receive(offer, offer.length);

        assertThat(backend.sent()).hasSizeGreaterThan(40_000);
        assertThat(backend.answers)
                .singleElement()
                .satisfies(answer -> assertThat(
                                ((HandoffAnswer.Rejected) answer).rejection().detail())
                        .isEqualTo("handoff token length was 40000 bytes; expected 16"));
        backend.finish();
    }

    private void advanceSeconds(int seconds) {
        backend.channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        backend.channel.runPendingTasks();
    }

    private HandoffWireException onlyError() {
        assertThat(backend.errors).singleElement().isInstanceOf(HandoffWireException.class);
        return (HandoffWireException) backend.errors.get(0);
    }
}
