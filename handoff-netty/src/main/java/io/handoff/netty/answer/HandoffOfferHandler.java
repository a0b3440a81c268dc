package io.handoff.netty.answer;

import io.handoff.netty.adoption.CarriedDescriptor;
import io.handoff.netty.adoption.ConnectionAdopter;
import io.handoff.netty.answer.AnswerQueue.Turn;
import io.handoff.netty.observe.ProgramFailureLog;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.token.HandoffTokenStore;
import io.handoff.netty.token.HandoffTokens;
import io.handoff.netty.token.TokenVerdict;
import io.handoff.netty.wire.FrameShares;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.Offer;
import io.handoff.netty.wire.OverlongOffer;
import io.handoff.netty.wire.Rejections;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Judges each offer, answers it with an ACK, and fires the matching {@link HandoffAnswer} up the pipeline.
 *
 * <p>ACKs leave in the order of their offers, also when the tokens live on another event loop. While the peer does not
 * read its ACKs, or many offers wait to be judged, nothing more is read from it.
 *
 * <p><b>Ends.</b> A {@link HandoffWireException} is fired on up the pipeline and closes the connection, once the offers
 * before it have been answered; what arrives after it is not looked at. The end of the peer's stream closes the
 * connection in the same way. A missed deadline, and any other exception, closes it at once; but if it is a read that fails, an
 * offer whose connection has come is rejected first, where it can be read otherwise.
 *
 * <p>One instance serves one connection, on its event loop, where {@link HandoffBackendPipeline#add} has installed it.
 */
public final class HandoffOfferHandler extends SimpleChannelInboundHandler<Offer> {

    private final HandoffTokens tokens;
    private final OfferJudge judge;

    /** What the one offer is about; null on a connection that is framed only. */
    private final @Nullable Adoption adoption;

    private @Nullable Installed installed;
    /** What works together with this handler on its connection. */
    private record Installed(
            ReadPacer reading,
            ReadClock clock,
            FrameShares frames,
            AckWriter acks,
            AnswerQueue answers,
            ConnectionEnd end) {}

    /**
     * Makes the handler of one connection that is framed only.
     *
     * @param tokens where tokens are consumed
     * @param expectedTokens which token an offer has to present
     * @param admission the program's own say, asked before the token is consumed
     * @param peer the process at the other end, for the admission
     */
    public HandoffOfferHandler(
            HandoffTokens tokens, ExpectedTokenPolicy expectedTokens, OfferAdmission admission, HandoffPeer peer) {
        this(tokens, expectedTokens, admission, peer, new ProgramFailureLog(tokens.executor()), null, null, null);
    }

    /**
     * Makes the handler of one connection of a server, which may have brought a descriptor to be adopted. Not API.
     *
     * @param tokens where tokens are consumed
     * @param expectedTokens which token an offer has to present
     * @param admission the program's own say, asked before the token is consumed
     * @param peer the process at the other end
     * @param failures where it is logged what the program's code throws
     * @param refusal why every offer is rejected; null if they are judged
     * @param carried what came with the connection; null on one that is framed only
     * @param adopter what adopts it; null if nothing is ever adopted
     */
    public HandoffOfferHandler(
            HandoffTokens tokens,
            ExpectedTokenPolicy expectedTokens,
            OfferAdmission admission,
            HandoffPeer peer,
            ProgramFailureLog failures,
            @Nullable HandoffRejection refusal,
            @Nullable CarriedDescriptor carried,
            @Nullable ConnectionAdopter adopter) {
        super(Offer.class);
        this.tokens = tokens;
        this.judge = new OfferJudge(expectedTokens, admission, peer, failures, refusal, carried, adopter);
        this.adoption = carried == null ? null : new Adoption(carried, adopter, peer, failures);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        OfferDeadlineHandler deadline = ctx.pipeline().get(OfferDeadlineHandler.class);
        if (deadline == null) {
            throw new IllegalStateException(
                    "a HandoffOfferHandler was added by itself; expected HandoffBackendPipeline.add, which gives its offers"
                            + " a deadline");
        }
        ReadClock clock = ctx.pipeline().get(ReadClock.class);
        AckWriter acks = new AckWriter(ctx, clock, deadline.progress());
        FrameShares frames = ctx.pipeline().get(HandoffFrameDecoder.class).shares();
        ReadPacer reading = ctx.pipeline().get(ReadPacer.class);
        AnswerQueue answers = new AnswerQueue(acks);
        installed = new Installed(reading, clock, frames, acks, answers, new ConnectionEnd(reading, acks, answers));
    }

    private Installed installed() {
        return Objects.requireNonNull(installed, "handlerAdded comes first");
    }

    private AnswerQueue answers() {
        return installed().answers();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        if (msg instanceof OverlongOffer overlong && adoption != null) {
            rejectOverlong(ctx, overlong, adoption);
        } else {
            super.channelRead(ctx, msg);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Offer offer) {
        if (installed().end().hasBegun()) {
            return;
        }
        HandoffRejection refusal = judge.refusalOf(offer);
        HandoffToken expected = refusal == null ? judge.expectedFor(offer) : null;
        if (expected == null) {
            answer(ctx, offer, refusal == null ? Rejections.TOKEN_NOT_PENDING : refusal);
        } else {
            consume(ctx, offer, expected);
        }
        if (adoption != null) {
            // One descriptor, one offer: it has been made.
            installed().end().begin(ctx, null);
        }
    }

    /** The broker still has the connection, and can go on with it. */
    private void rejectOverlong(ChannelHandlerContext ctx, OverlongOffer overlong, Adoption adoption) {
        if (!installed().end().hasBegun()) {
            answer(
                    ctx,
                    Offer.of(adoption.token(), "", overlong.correlationId()),
                    Rejections.offerTooLarge(String.valueOf(overlong.why().getMessage())));
            installed().end().begin(ctx, null);
        }
    }

    private void consume(ChannelHandlerContext ctx, Offer offer, HandoffToken expected) {
        HandoffTokenStore store = tokens.storeHere();
        if (store == null) {
            Turn turn = reserve(ctx, offer);
            tokens.consume(expected, offer.token()).addListener((FutureListener<TokenVerdict>)
                    consumed -> ctx.executor().execute(() -> judged(ctx, turn, rejectionIn(consumed))));
            return;
        }
        HandoffRejection rejection = rejectionOf(
                store.consume(expected, offer.token(), installed().clock().nowNanos(ctx)));
        if (adoption == null) {
            answer(ctx, offer, rejection);
        } else {
            judged(ctx, reserve(ctx, offer), rejection);
        }
    }

    private static @Nullable HandoffRejection rejectionIn(Future<TokenVerdict> consumed) {
        return consumed.isSuccess()
                ? rejectionOf(consumed.getNow())
                : Rejections.tokenStore("the backend is shutting down");
    }

    private static @Nullable HandoffRejection rejectionOf(TokenVerdict verdict) {
        return verdict == TokenVerdict.CONSUMED ? null : Rejections.of(verdict);
    }

    /** Answers an offer that has been judged while it was read. */
    private void answer(ChannelHandlerContext ctx, Offer offer, @Nullable HandoffRejection rejection) {
        HandoffAnswer answer =
                rejection == null ? new HandoffAnswer.Accepted(offer) : new HandoffAnswer.Rejected(offer, rejection);
        answers().answer(answer, installed().clock().nowNanos(ctx), givingShareBack());
        if (!answers().isEmpty()) {
            updateReading(ctx);
        }
    }

    private Turn reserve(ChannelHandlerContext ctx, Offer offer) {
        Turn turn = answers().reserve(offer, installed().clock().nowNanos(ctx), givingShareBack());
        updateReading(ctx);
        return turn;
    }

    private AckEffect givingShareBack() {
        return AckEffect.givingBack(installed().frames().handOver());
    }

    private void judged(ChannelHandlerContext ctx, Turn turn, @Nullable HandoffRejection rejection) {
        if (rejection == null && adoption != null) {
            adoption.begin(ctx, turn, () -> turnOver(ctx));
            return;
        }
        if (rejection == null) {
            turn.accept(AckEffect.NONE);
        } else {
            turn.reject(rejection);
        }
        turnOver(ctx);
    }

    private void turnOver(ChannelHandlerContext ctx) {
        updateReading(ctx);
        installed().end().closeOnceAnswered(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        installed().acks().flush();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        updateReading(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    /** What is being adopted becomes nobody's, for its broker will not hear of it. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (adoption != null) {
            adoption.abandon();
        }
        installed().end().closed(ctx);
        ctx.fireChannelInactive();
    }

    private void updateReading(ChannelHandlerContext ctx) {
        boolean hasRoom = ctx.channel().isWritable() && answers().hasRoom();
        installed().reading().setRoom(hasRoom, ctx.channel());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == DrainEvent.INSTANCE) {
            installed().end().begin(ctx, null);
        } else if (event instanceof ReadFailure failure) {
            judge.refuse(Rejections.callFailed(failure.cause()));
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof HandoffWireException e && e.kind() != HandoffWireException.Kind.DEADLINE_EXCEEDED) {
            installed().end().begin(ctx, e);
        } else if (!(SecondRead.isAfter(cause) && rejectsUnread(ctx, SecondRead.failureIn(cause)))) {
            installed().end().atOnce(ctx, cause);
        }
    }

    /**
     * Netty could not read what there is. Its offer is rejected if it can be read otherwise: the broker still has the connection.
     *
     * @return whether it has its answer
     */
    private boolean rejectsUnread(ChannelHandlerContext ctx, IOException failure) {
        ConnectionEnd end = installed().end();
        if (adoption == null || end.hasBegun()) {
            return false;
        }
        ctx.fireUserEventTriggered(new ReadFailure(failure));
        judge.refuse(Rejections.callFailed(failure));
        SecondRead.of(ctx.channel(), end::hasBegun);
        return end.hasBegun();
    }
}
