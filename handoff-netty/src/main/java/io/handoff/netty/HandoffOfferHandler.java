package io.handoff.netty;

import com.google.protobuf.ByteString;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges each offer, answers it with an ACK, and fires the matching {@link HandoffAcceptance} up the pipeline.
 *
 * <p>ACKs leave in the order of their offers, also when the tokens live on another event loop. While the peer does not
 * read its ACKs, or many offers wait for the token store, nothing more is read from it.
 *
 * <p><b>Ends.</b> A {@link HandoffWireException} is fired on up the pipeline and closes the connection, once the offers
 * before it have been answered; what arrives after it is not looked at. The end of the peer's stream closes the
 * connection in the same way. Any other exception closes it at once.
 *
 * <p>One instance serves one connection, on its event loop.
 */
public final class HandoffOfferHandler extends SimpleChannelInboundHandler<Offer> {

    /** Offers that may wait for the token store at once before reading pauses. */
    static final int MAX_JUDGING = 256;

    private static final Logger logger = LoggerFactory.getLogger(HandoffOfferHandler.class);

    private final HandoffTokens tokens;
    private final ExpectedTokenPolicy expectedTokens;
    private final OfferAdmission admission;
    private final HandoffPeer peer;
    private final @Nullable CarriedDescriptor carried;
    private final @Nullable ConnectionAdopter adopter;

    /** Offers whose turn to be answered has not come, oldest first. Stays empty where nothing has to be waited for. */
    private final Queue<Judgement> judging = new ArrayDeque<>();

    private boolean flushScheduled;
    private boolean ending;
    private @Nullable HandoffWireException wireError;

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
        this(tokens, expectedTokens, admission, peer, null, null);
    }

    /** Makes the handler of one connection, which may have brought a descriptor to be adopted. */
    HandoffOfferHandler(
            HandoffTokens tokens,
            ExpectedTokenPolicy expectedTokens,
            OfferAdmission admission,
            HandoffPeer peer,
            @Nullable CarriedDescriptor carried,
            @Nullable ConnectionAdopter adopter) {
        super(Offer.class);
        this.tokens = tokens;
        this.expectedTokens = expectedTokens;
        this.admission = admission;
        this.peer = peer;
        this.carried = carried;
        this.adopter = adopter;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Offer offer) {
        if (ending) {
            return;
        }
        HandoffRejection refusal = refusalBeforeToken(offer);
        if (refusal != null) {
            answerInTurn(ctx, offer, refusal);
        } else {
            judge(ctx, offer, HandoffToken.ofByteString(offer.token()));
        }
        if (carried != null) {
            // One descriptor, one offer: it has been made.
            end(ctx, null);
        }
    }

    private void judge(ChannelHandlerContext ctx, Offer offer, HandoffToken presented) {
        HandoffToken expected = expectedTokens.expectedFor(presented, carried == null ? null : carried.token());
        if (expected == null) {
            answerInTurn(ctx, offer, HandoffRejection.TOKEN_NOT_PENDING);
        } else if (tokens.isHere()) {
            HandoffRejection rejection = tokens.consumeHere(expected, presented).orElse(null);
            if (rejection == null && carried != null) {
                adopt(ctx, enqueue(ctx, offer), carried);
            } else {
                answerInTurn(ctx, offer, rejection);
            }
        } else {
            judgeElsewhere(ctx, enqueue(ctx, offer), expected, presented);
        }
    }

    private @Nullable HandoffRejection refusalBeforeToken(Offer offer) {
        ByteString token = offer.token();
        if (token.isEmpty()) {
            return HandoffRejection.TOKEN_MISSING;
        }
        if (token.size() != HandoffToken.BYTES) {
            return HandoffRejection.tokenLength(token.size());
        }
        HandoffRejection unfit = carried == null ? null : refusalOf(carried, token);
        if (unfit != null) {
            return unfit;
        }
        try {
            return admission
                    .refusal(offer, peer)
                    .map(HandoffRejection::notAdmitted)
                    .orElse(null);
        } catch (RuntimeException e) {
            logger.warn("OfferAdmission failed, offer {} is rejected", Long.toUnsignedString(offer.correlationId()), e);
            return HandoffRejection.ADMISSION_FAILED;
        }
    }

    private @Nullable HandoffRejection refusalOf(CarriedDescriptor carried, ByteString token) {
        if (!carried.token().equals(HandoffToken.ofByteString(token))) {
            return HandoffRejection.TOKEN_MISMATCH;
        }
        String registrationFailure = carried.registrationFailure();
        if (registrationFailure != null) {
            return HandoffRejection.tokenStore(registrationFailure);
        }
        return adopter == null ? null : adopter.rejectionOf(carried.descriptor());
    }

    private Judgement enqueue(ChannelHandlerContext ctx, Offer offer) {
        Judgement judgement = new Judgement(offer);
        judging.add(judgement);
        updateReading(ctx);
        return judgement;
    }

    private void judgeElsewhere(
            ChannelHandlerContext ctx, Judgement judgement, HandoffToken expected, HandoffToken presented) {
        tokens.consume(expected, presented).addListener((FutureListener<Optional<HandoffRejection>>)
                consumed -> ctx.executor().execute(() -> judgedElsewhere(ctx, judgement, consumed)));
    }

    private void judgedElsewhere(
            ChannelHandlerContext ctx, Judgement judgement, Future<Optional<HandoffRejection>> consumed) {
        HandoffRejection rejection = consumed.isSuccess()
                ? consumed.getNow().orElse(null)
                : HandoffRejection.tokenStore("the backend is shutting down");
        if (rejection == null && carried != null) {
            adopt(ctx, judgement, carried);
        } else {
            judgement.judged(rejection);
            answerJudged(ctx);
        }
    }

    /** The token is consumed: the broker has to learn soon what became of it. */
    private void adopt(ChannelHandlerContext ctx, Judgement judgement, CarriedDescriptor carried) {
        carried.tokenSpent();
        if (adopter == null || !carried.descriptor().isOwned()) {
            // The connection has closed meanwhile, and the descriptor with it: there is nobody to answer.
            return;
        }
        adopter.adopt(carried.descriptor(), HandedOffConnection.of(judgement.offer, peer), ctx.executor())
                .addListener((FutureListener<AdoptedConnection>) adopted -> {
                    if (adopted.isSuccess()) {
                        judgement.adopted = adopted.getNow();
                        judgement.judged(null);
                    } else {
                        logger.warn("a connection could not be adopted", adopted.cause());
                        judgement.judged(HandoffRejection.ADOPTION_FAILED);
                    }
                    answerJudged(ctx);
                });
    }

    private void answerInTurn(ChannelHandlerContext ctx, Offer offer, @Nullable HandoffRejection rejection) {
        if (judging.isEmpty()) {
            answer(ctx, offer, rejection, null);
        } else {
            Judgement judgement = new Judgement(offer);
            judgement.judged(rejection);
            judging.add(judgement);
        }
    }

    private void answerJudged(ChannelHandlerContext ctx) {
        for (Judgement next = judging.peek(); next != null && next.isJudged; next = judging.peek()) {
            judging.remove();
            answer(ctx, next.offer, next.rejection, next.adopted);
        }
        flushLater(ctx);
        updateReading(ctx);
        closeOnceAnswered(ctx);
    }

    /** Judgements come back in bursts, one task each: the flush lines up behind those that are there already. */
    private void flushLater(ChannelHandlerContext ctx) {
        if (!flushScheduled) {
            flushScheduled = true;
            ctx.executor().execute(() -> {
                flushScheduled = false;
                ctx.flush();
            });
        }
    }

    private void answer(
            ChannelHandlerContext ctx,
            Offer offer,
            @Nullable HandoffRejection rejection,
            @Nullable AdoptedConnection adopted) {
        HandoffAcceptance acceptance = rejection == null
                ? new HandoffAcceptance.Accepted(offer)
                : new HandoffAcceptance.Rejected(offer, rejection);
        ctx.write(acceptance).addListener(written -> {
            if (written.isSuccess()) {
                if (adopted != null) {
                    adopted.open();
                }
            } else {
                ackFailed(ctx, acceptance, adopted);
            }
        });
        ctx.fireChannelRead(acceptance);
    }

    /** The broker does not know the answer and must let go of the connection; so must we. */
    private static void ackFailed(
            ChannelHandlerContext ctx, HandoffAcceptance acceptance, @Nullable AdoptedConnection adopted) {
        if (adopted != null) {
            adopted.abandon();
        }
        ctx.fireUserEventTriggered(new AckFailure(acceptance));
        ctx.close();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        updateReading(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    private void updateReading(ChannelHandlerContext ctx) {
        // To ask for more once the input has ended makes Netty's epoll transport fail the channel.
        if (!ending && ctx.channel().isActive()) {
            ctx.channel().config().setAutoRead(ctx.channel().isWritable() && judging.size() < MAX_JUDGING);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == DrainEvent.INSTANCE) {
            end(ctx, null);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof HandoffWireException e) {
            end(ctx, e);
        } else {
            ctx.fireExceptionCaught(cause);
            ctx.close();
        }
    }

    /** The first end decides: closing in the middle of a frame looks like another one. */
    private void end(ChannelHandlerContext ctx, @Nullable HandoffWireException cause) {
        if (!ending) {
            ending = true;
            wireError = cause;
            closeOnceAnswered(ctx);
        }
    }

    private void closeOnceAnswered(ChannelHandlerContext ctx) {
        if (!ending || !judging.isEmpty()) {
            return;
        }
        if (wireError != null) {
            ctx.fireExceptionCaught(wireError);
        }
        // Completes behind the ACKs that are still on their way out.
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** An offer on its way to its answer. */
    private static final class Judgement {
        final Offer offer;
        boolean isJudged;

        /** Once judged: why the offer is rejected, or null if it is accepted. */
        @Nullable
        HandoffRejection rejection;

        /** Once accepted: the connection that the broker has handed off, if it has sent one. */
        @Nullable
        AdoptedConnection adopted;

        Judgement(Offer offer) {
            this.offer = offer;
        }

        void judged(@Nullable HandoffRejection rejection) {
            this.rejection = rejection;
            isJudged = true;
        }
    }
}
