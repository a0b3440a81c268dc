package io.handoff.netty.answer;

import io.handoff.netty.adoption.AdoptionGate;
import io.handoff.netty.adoption.AdoptionRefusedException;
import io.handoff.netty.adoption.CarriedDescriptor;
import io.handoff.netty.adoption.ConnectionAdopter;
import io.handoff.netty.adoption.HandedOffConnection;
import io.handoff.netty.answer.AnswerQueue.Turn;
import io.handoff.netty.observe.ProgramFailureLog;
import io.handoff.netty.token.HandoffToken;
import io.handoff.netty.wire.HandoffPeer;
import io.handoff.netty.wire.Rejections;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The adoption that the offer of one handoff connection is about. Once the token is consumed the broker has to learn soon what
 * became of it. Confined to the event loop of the handoff connection.
 */
final class Adoption {

    private final CarriedDescriptor carried;
    private final @Nullable ConnectionAdopter adopter;
    private final HandoffPeer peer;
    private final ProgramFailureLog failures;
    private @Nullable AdoptionGate gate;

    /** Takes what is to be adopted, what adopts it, if anything is, and who has brought it. */
    Adoption(
            CarriedDescriptor carried,
            @Nullable ConnectionAdopter adopter,
            HandoffPeer peer,
            ProgramFailureLog failures) {
        this.carried = carried;
        this.adopter = adopter;
        this.peer = peer;
        this.failures = failures;
    }

    /** The token that came with the descriptor. */
    HandoffToken token() {
        return carried.token();
    }

    /**
     * Adopts the connection and answers its offer.
     *
     * @param whenAnswered runs when the offer has its answer
     */
    void begin(ChannelHandlerContext ctx, Turn turn, Runnable whenAnswered) {
        carried.tokenSpent();
        if (adopter == null || !carried.descriptor().isOwned()) {
            // The connection has closed meanwhile, and the descriptor with it. The answer fails, as any that is still
            // due.
            turn.reject(Rejections.ADOPTION_FAILED);
            whenAnswered.run();
            return;
        }
        EventLoop loop = ctx.channel().eventLoop();
        HandedOffConnection origin = HandedOffConnection.of(turn.offer(), peer, carried.arrivedAt());
        AdoptionGate adopting = adopter.adopt(carried.descriptor(), turn.offer(), origin, loop);
        gate = adopting;
        adopting.adopted()
                .addListener(adopted -> onLoop(loop, adopting, () -> {
                    answer(ctx, turn, adopting, adopted.cause());
                    whenAnswered.run();
                }));
    }

    private static void onLoop(EventLoop loop, AdoptionGate gate, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // Nobody is left to tell the broker.
            gate.abandon();
        }
    }

    private void answer(ChannelHandlerContext ctx, Turn turn, AdoptionGate gate, @Nullable Throwable failure) {
        if (failure == null && gate.isReady()) {
            turn.accept(AckEffect.beginning(gate));
            return;
        }
        gate.abandon();
        if (failure instanceof AdoptionRefusedException refused) {
            turn.reject(refused.rejection());
            return;
        }
        if (ctx.channel().isActive()) {
            failures.adoptionFailed(turn.offer(), failure == null ? AdoptionGate.shutDown() : failure);
        }
        turn.reject(Rejections.ADOPTION_FAILED);
    }

    /** The broker will not hear of an acceptance any more: what it has not heard of by now is nobody's. */
    void abandon() {
        if (gate != null) {
            gate.abandon();
        }
    }
}
