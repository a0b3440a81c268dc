package io.handoff.netty;

import com.google.protobuf.ByteString;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
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

    /** Offers whose turn to be answered has not come, oldest first. Stays empty where the tokens need no hop. */
    private final Queue<Judgement> judging = new ArrayDeque<>();

    private boolean flushScheduled;
    private boolean ending;
    private @Nullable HandoffWireException wireError;

    /**
     * Makes the handler of one connection.
     *
     * @param tokens where tokens are consumed
     * @param expectedTokens which token an offer has to present
     * @param admission the program's own say, asked before the token is consumed
     * @param peer the process at the other end, for the admission
     */
    public HandoffOfferHandler(
            HandoffTokens tokens, ExpectedTokenPolicy expectedTokens, OfferAdmission admission, HandoffPeer peer) {
        super(Offer.class);
        this.tokens = tokens;
        this.expectedTokens = expectedTokens;
        this.admission = admission;
        this.peer = peer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Offer offer) {
        if (ending) {
            return;
        }
        HandoffRejection refusal = refusalBeforeToken(offer);
        if (refusal != null) {
            answerInTurn(ctx, offer, refusal);
            return;
        }
        HandoffToken presented = HandoffToken.ofByteString(offer.token());
        HandoffToken expected = expectedTokens.expectedFor(presented);
        if (tokens.isHere()) {
            answerInTurn(ctx, offer, tokens.consumeHere(expected, presented).orElse(null));
        } else {
            judgeElsewhere(ctx, offer, expected, presented);
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

    private void judgeElsewhere(ChannelHandlerContext ctx, Offer offer, HandoffToken expected, HandoffToken presented) {
        Judgement judgement = new Judgement(offer);
        judging.add(judgement);
        updateReading(ctx);
        tokens.consume(expected, presented).addListener((FutureListener<Optional<HandoffRejection>>) consumed ->
                ctx.executor().execute(() -> {
                    judgement.judged(
                            consumed.isSuccess() ? consumed.getNow().orElse(null) : HandoffRejection.TOKEN_STORE);
                    answerJudged(ctx);
                }));
    }

    private void answerInTurn(ChannelHandlerContext ctx, Offer offer, @Nullable HandoffRejection rejection) {
        if (judging.isEmpty()) {
            answer(ctx, offer, rejection);
        } else {
            Judgement judgement = new Judgement(offer);
            judgement.judged(rejection);
            judging.add(judgement);
        }
    }

    private void answerJudged(ChannelHandlerContext ctx) {
        for (Judgement next = judging.peek(); next != null && next.isJudged; next = judging.peek()) {
            judging.remove();
            answer(ctx, next.offer, next.rejection);
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

    private void answer(ChannelHandlerContext ctx, Offer offer, @Nullable HandoffRejection rejection) {
        HandoffAcceptance acceptance = rejection == null
                ? new HandoffAcceptance.Accepted(offer)
                : new HandoffAcceptance.Rejected(offer, rejection);
        ctx.write(acceptance).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        ctx.fireChannelRead(acceptance);
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

        Judgement(Offer offer) {
            this.offer = offer;
        }

        void judged(@Nullable HandoffRejection rejection) {
            this.rejection = rejection;
            isJudged = true;
        }
    }
}
