package io.handoff.netty;

import io.handoff.netty.AnswerQueue.Turn;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges each offer, answers it with an ACK, and fires the matching {@link HandoffAcceptance} up the pipeline.
 *
 * <p>ACKs leave in the order of their offers, also when the tokens live on another event loop. While the peer does not
 * read its ACKs, or many offers wait to be judged, nothing more is read from it.
 *
 * <p><b>Ends.</b> A {@link HandoffWireException} is fired on up the pipeline and closes the connection, once the offers
 * before it have been answered; what arrives after it is not looked at. The end of the peer's stream closes the
 * connection in the same way. A missed deadline, and any other exception, closes it at once.
 *
 * <p>One instance serves one connection, on its event loop, where {@link HandoffPipeline#addBackend} has installed it.
 */
public final class HandoffOfferHandler extends SimpleChannelInboundHandler<Offer> {

    /** Offers that may wait for their answer at once before reading pauses. */
    static final int MAX_WAITING = 256;

    private final HandoffTokens tokens;
    private final ExpectedTokenPolicy expectedTokens;
    private final OfferAdmission admission;
    private final HandoffPeer peer;
    private final ProgramFailureLog failures;
    private final @Nullable CarriedDescriptor carried;
    private final @Nullable ConnectionAdopter adopter;

    private @Nullable AnswerQueue answers;
    private @Nullable ReadPacer reading;
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
        this(tokens, expectedTokens, admission, peer, new ProgramFailureLog(tokens.executor()), null, null);
    }

    /** Makes the handler of one connection, which may have brought a descriptor to be adopted. */
    HandoffOfferHandler(
            HandoffTokens tokens,
            ExpectedTokenPolicy expectedTokens,
            OfferAdmission admission,
            HandoffPeer peer,
            ProgramFailureLog failures,
            @Nullable CarriedDescriptor carried,
            @Nullable ConnectionAdopter adopter) {
        super(Offer.class);
        this.tokens = tokens;
        this.expectedTokens = expectedTokens;
        this.admission = admission;
        this.peer = peer;
        this.failures = failures;
        this.carried = carried;
        this.adopter = adopter;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        OfferDeadlineHandler deadline = ctx.pipeline().get(OfferDeadlineHandler.class);
        if (deadline == null) {
            throw new IllegalStateException(
                    "a HandoffOfferHandler was added by itself; expected HandoffPipeline.addBackend, which gives its offers"
                            + " a deadline");
        }
        answers = new AnswerQueue(ctx, deadline, ctx.pipeline().get(HandoffFrameDecoder.class));
        reading = ctx.pipeline().get(ReadPacer.class);
    }

    private AnswerQueue answers() {
        return Objects.requireNonNull(answers, "handlerAdded comes first");
    }

    private ReadPacer reading() {
        return Objects.requireNonNull(reading, "handlerAdded comes first");
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Offer offer) {
        if (ending) {
            return;
        }
        byte[] token = offer.token();
        if (token.length == HandoffToken.BYTES) {
            judge(ctx, offer, HandoffToken.ofBytes(token));
        } else {
            answers().answer(offer, misfit(token.length));
        }
        if (carried != null) {
            // One descriptor, one offer: it has been made.
            end(ctx, null);
        }
    }

    private static HandoffRejection misfit(int tokenLength) {
        return tokenLength == 0 ? HandoffRejection.TOKEN_MISSING : HandoffRejection.tokenLength(tokenLength);
    }

    private void judge(ChannelHandlerContext ctx, Offer offer, HandoffToken presented) {
        HandoffRejection refusal = refusalBeforeToken(offer, presented);
        if (refusal == null) {
            consume(ctx, offer, presented);
        } else {
            answers().answer(offer, refusal);
        }
    }

    private @Nullable HandoffRejection refusalBeforeToken(Offer offer, HandoffToken presented) {
        HandoffRejection unfit = carried == null ? null : refusalOf(carried, presented);
        return unfit == null ? refusalByProgram(offer) : unfit;
    }

    private @Nullable HandoffRejection refusalOf(CarriedDescriptor carried, HandoffToken presented) {
        HandoffRejection refusal = carried.refusalOf(presented);
        return refusal == null && adopter != null ? adopter.refusalOf(carried.descriptor()) : refusal;
    }

    private @Nullable HandoffRejection refusalByProgram(Offer offer) {
        try {
            return admission
                    .refusal(offer, peer)
                    .map(HandoffRejection::notAdmitted)
                    .orElse(null);
        } catch (RuntimeException e) {
            failures.admissionFailed(offer, e);
            return HandoffRejection.ADMISSION_FAILED;
        }
    }

    private void consume(ChannelHandlerContext ctx, Offer offer, HandoffToken presented) {
        HandoffToken expected = expectedTokens.expectedFor(presented, carried == null ? null : carried.token());
        if (expected == null) {
            answers().answer(offer, HandoffRejection.TOKEN_NOT_PENDING);
        } else if (!tokens.isHere()) {
            Turn turn = await(ctx, offer);
            tokens.consume(expected, presented).addListener((FutureListener<Optional<HandoffRejection>>)
                    consumed -> ctx.executor().execute(() -> judged(ctx, turn, rejectionIn(consumed))));
        } else {
            HandoffRejection rejection = tokens.consumeHere(
                            expected, presented, answers().nowNanos())
                    .orElse(null);
            if (carried == null) {
                answers().answer(offer, rejection);
            } else {
                judged(ctx, await(ctx, offer), rejection);
            }
        }
    }

    private Turn await(ChannelHandlerContext ctx, Offer offer) {
        Turn turn = answers().await(offer);
        updateReading(ctx);
        return turn;
    }

    private static @Nullable HandoffRejection rejectionIn(Future<Optional<HandoffRejection>> consumed) {
        return consumed.isSuccess()
                ? consumed.getNow().orElse(null)
                : HandoffRejection.tokenStore("the backend is shutting down");
    }

    private void judged(ChannelHandlerContext ctx, Turn turn, @Nullable HandoffRejection rejection) {
        if (rejection == null && carried != null) {
            adopt(ctx, turn, carried);
        } else {
            settle(ctx, turn, rejection, null);
        }
    }

    /** The token is consumed: the broker has to learn soon what became of it. */
    private void adopt(ChannelHandlerContext ctx, Turn turn, CarriedDescriptor carried) {
        carried.tokenSpent();
        if (adopter == null || !carried.descriptor().isOwned()) {
            // The connection has closed meanwhile, and the descriptor with it. The answer fails, as any that is still
            // due.
            settle(ctx, turn, HandoffRejection.ADOPTION_FAILED, null);
            return;
        }
        HandedOffConnection origin = HandedOffConnection.of(turn.offer(), peer, carried.arrivedAt());
        adopter.adopt(carried.descriptor(), origin, ctx.channel().eventLoop()).addListener((FutureListener<
                        AdoptedConnection>)
                adopted -> {
                    if (adopted.isSuccess()) {
                        settle(ctx, turn, null, adopted.getNow());
                    } else {
                        failures.adoptionFailed(turn.offer(), adopted.cause());
                        settle(ctx, turn, HandoffRejection.ADOPTION_FAILED, null);
                    }
                });
    }

    private void settle(
            ChannelHandlerContext ctx,
            Turn turn,
            @Nullable HandoffRejection rejection,
            @Nullable AdoptedConnection adopted) {
        answers().settle(turn, rejection, adopted);
        updateReading(ctx);
        closeOnceAnswered(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        answers().flush();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        updateReading(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    /** ACKs that are still due have failed, and nobody hears of an error any more once the pipeline is taken down. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        answers().flush();
        fireWireError(ctx);
        ctx.fireChannelInactive();
    }

    private void updateReading(ChannelHandlerContext ctx) {
        boolean hasRoom = ctx.channel().isWritable() && answers().size() < MAX_WAITING;
        reading().setRoom(hasRoom, ctx.channel());
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
        if (cause instanceof HandoffWireException e && e.kind() != HandoffWireException.Kind.DEADLINE_EXCEEDED) {
            end(ctx, e);
        } else {
            ending = true;
            reading().end();
            ctx.fireExceptionCaught(cause);
            ctx.close();
        }
    }

    /** The first end decides: closing in the middle of a frame looks like another one. */
    private void end(ChannelHandlerContext ctx, @Nullable HandoffWireException cause) {
        if (!ending) {
            ending = true;
            reading().end();
            wireError = cause;
            if (ctx.channel().isActive()) {
                closeOnceAnswered(ctx);
            } else {
                fireWireError(ctx);
            }
        }
    }

    private void fireWireError(ChannelHandlerContext ctx) {
        HandoffWireException error = wireError;
        if (error != null) {
            wireError = null;
            ctx.fireExceptionCaught(error);
        }
    }

    private void closeOnceAnswered(ChannelHandlerContext ctx) {
        if (!ending || !answers().isEmpty()) {
            return;
        }
        fireWireError(ctx);
        answers().flush();
        // Completes behind the ACKs that are still on their way out.
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
