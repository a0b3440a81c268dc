package io.handoff.netty;

import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Writes the ACKs of one connection in the order of their offers, whatever the order in which these are judged, and lets
 * an adopted connection begin once its broker has been told.
 */
final class AnswerQueue {

    /** ACKs that are encoded together at most: so many are some 20 KB, and the channel learns of them in time. */
    private static final int MAX_TOGETHER = 256;

    /** Beyond the usual 16 bytes of each, a token may be as long as a frame, and its ACK with it. */
    private static final int MAX_TOKEN_BYTES_TOGETHER = 16 * 1024;

    private final ChannelHandlerContext ctx;
    private final OfferDeadlineHandler deadline;

    /** The decoder that the offer to be answered has just come from. */
    private final HandoffFrameDecoder frames;

    /** Offers whose turn to be answered has not come, oldest first. Stays empty where nothing has to be waited for. */
    private final Queue<Turn> turns = new ArrayDeque<>();

    /** ACKs that leave with the next flush, in one buffer. */
    private final List<HandoffAcceptance> due = new ArrayList<>();

    private int dueTokenBytes;

    /** When the offers were read that the ACKs which are due answer. */
    private long dueReadAtNanos;

    private boolean flushScheduled;

    AnswerQueue(ChannelHandlerContext ctx, OfferDeadlineHandler deadline, HandoffFrameDecoder frames) {
        this.ctx = ctx;
        this.deadline = deadline;
        this.frames = frames;
    }

    /** An offer that is being judged, and its place among the answers. */
    static final class Turn {
        private final Offer offer;
        private final long readAtNanos;
        private final FrameBudget.@Nullable Share share;
        private boolean isJudged;
        private @Nullable HandoffRejection rejection;
        private @Nullable AdoptedConnection adopted;

        private Turn(Offer offer, long readAtNanos, FrameBudget.@Nullable Share share) {
            this.offer = offer;
            this.readAtNanos = readAtNanos;
            this.share = share;
        }

        Offer offer() {
            return offer;
        }
    }

    /** The time of what is answered now. */
    long nowNanos() {
        return deadline.nowNanos(ctx);
    }

    boolean isEmpty() {
        return turns.isEmpty();
    }

    int size() {
        return turns.size();
    }

    /** Keeps a place for the answer to an offer, which {@link #settle} gives later. */
    Turn await(Offer offer) {
        Turn turn = new Turn(offer, nowNanos(), frames.takeShare());
        turns.add(turn);
        return turn;
    }

    /** Answers an offer that is judged already; at once, if no offer before it waits. Flushing is the caller's. */
    void answer(Offer offer, @Nullable HandoffRejection rejection) {
        if (turns.isEmpty()) {
            write(offer, nowNanos(), rejection, null, frames.takeShare());
        } else {
            Turn turn = await(offer);
            turn.isJudged = true;
            turn.rejection = rejection;
        }
    }

    /**
     * Answers an offer that was waiting, once its turn comes.
     *
     * @param rejection why it is rejected; null if it is accepted
     * @param adopted the connection adopted with it, which this takes over
     */
    void settle(Turn turn, @Nullable HandoffRejection rejection, @Nullable AdoptedConnection adopted) {
        turn.isJudged = true;
        turn.rejection = rejection;
        turn.adopted = adopted;
        for (Turn next = turns.peek(); next != null && next.isJudged; next = turns.peek()) {
            turns.remove();
            write(next.offer, next.readAtNanos, next.rejection, next.adopted, next.share);
        }
        flushLater();
    }

    /** Judgements come back in bursts, one task each: the flush lines up behind those that are there already. */
    private void flushLater() {
        if (!flushScheduled) {
            flushScheduled = true;
            ctx.executor().execute(() -> {
                flushScheduled = false;
                flush();
            });
        }
    }

    private void write(
            Offer offer,
            long readAtNanos,
            @Nullable HandoffRejection rejection,
            @Nullable AdoptedConnection adopted,
            FrameBudget.@Nullable Share share) {
        if (!due.isEmpty() && readAtNanos != dueReadAtNanos) {
            writeDue(null, null);
        }
        dueReadAtNanos = readAtNanos;
        HandoffAcceptance acceptance = rejection == null
                ? new HandoffAcceptance.Accepted(offer)
                : new HandoffAcceptance.Rejected(offer, rejection);
        due.add(acceptance);
        dueTokenBytes += offer.token().length;
        if (adopted != null || share != null || isDueFull()) {
            writeDue(adopted, share);
        }
        ctx.fireChannelRead(acceptance);
    }

    private boolean isDueFull() {
        return due.size() == MAX_TOGETHER || dueTokenBytes >= MAX_TOKEN_BYTES_TOGETHER;
    }

    /** Sends the ACKs whose turn has come. */
    void flush() {
        if (!due.isEmpty()) {
            writeDue(null, null);
        }
        ctx.flush();
    }

    /** Takes over the connection adopted with the last of them, and what the frame of that has taken. */
    private void writeDue(@Nullable AdoptedConnection adopted, FrameBudget.@Nullable Share share) {
        AckBatch acks = new AckBatch(List.copyOf(due), dueReadAtNanos);
        due.clear();
        dueTokenBytes = 0;
        deadline.acksWritten(acks.size());
        ctx.write(acks).addListener(written -> {
            if (share != null) {
                share.giveBack();
            }
            if (written.isSuccess()) {
                acksLeft(acks, adopted);
            } else {
                acksFailed(acks, adopted);
            }
        });
    }

    private void acksLeft(AckBatch acks, @Nullable AdoptedConnection adopted) {
        deadline.acksLeft(acks.size(), ctx);
        // Whoever hears from the client finds the handoff counted.
        ctx.fireUserEventTriggered(acks);
        if (adopted != null) {
            adopted.open();
        }
    }

    /** The broker does not know the answers and has to let go of the connection; so must we. */
    private void acksFailed(AckBatch acks, @Nullable AdoptedConnection adopted) {
        if (adopted != null) {
            adopted.abandon();
        }
        for (HandoffAcceptance acceptance : acks.acceptances()) {
            ctx.fireUserEventTriggered(new AckFailure(acceptance));
        }
        ctx.close();
    }
}
