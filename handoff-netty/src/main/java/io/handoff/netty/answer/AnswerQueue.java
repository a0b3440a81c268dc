package io.handoff.netty.answer;

import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffRejection;
import io.handoff.netty.wire.Offer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Answers the offers of one connection in the order in which they came, whatever the order in which they are judged. */
final class AnswerQueue {

    /** Offers that may wait for their answer at once before reading pauses. */
    static final int MAX_WAITING = 256;

    /** What these may take up, in bytes and characters, before it pauses: the usual ones have some 100 each. */
    static final int MAX_WAITING_LENGTH = 64 * 1024;

    private final AckWriter acks;

    /** Offers whose turn to be answered has not come, oldest first. Stays empty where nothing has to be waited for. */
    private final Queue<Turn> turns = new ArrayDeque<>();

    private long waitingLength;

    AnswerQueue(AckWriter acks) {
        this.acks = acks;
    }

    boolean isEmpty() {
        return turns.isEmpty();
    }

    /** Whether more offers may come. */
    boolean hasRoom() {
        return turns.size() < MAX_WAITING && waitingLength < MAX_WAITING_LENGTH;
    }

    /** Answers an offer that is judged already; at once, if no offer before it waits. Flushing is the caller's. */
    void answer(HandoffAnswer answer, long readAtNanos, AckEffect effect) {
        if (turns.isEmpty()) {
            acks.write(answer, readAtNanos, effect);
        } else {
            Turn turn = reserve(answer.offer(), readAtNanos, effect);
            turn.answer = answer;
        }
    }

    /** Keeps the place of an offer that is being judged; whoever judges it gives the answer to the turn. */
    Turn reserve(Offer offer, long readAtNanos, AckEffect effect) {
        Turn turn = new Turn(offer, readAtNanos, effect);
        turns.add(turn);
        waitingLength += turn.length();
        return turn;
    }

    private void writeWhatIsNext() {
        for (Turn next = turns.peek(); next != null && next.answer != null; next = turns.peek()) {
            turns.remove();
            waitingLength -= next.length();
            acks.write(next.answer, next.readAtNanos, next.effect);
        }
        acks.flushLater();
    }

    /** An offer that is being judged, and its place among the answers. */
    final class Turn {
        private final Offer offer;
        private final long readAtNanos;
        private AckEffect effect;
        private @Nullable HandoffAnswer answer;

        private Turn(Offer offer, long readAtNanos, AckEffect effect) {
            this.offer = offer;
            this.readAtNanos = readAtNanos;
            this.effect = effect;
        }

        Offer offer() {
            return offer;
        }

        private long length() {
            return offer.carriedBytes()
                    + offer.tokenLength()
                    + offer.serviceName().length()
                    + offer.traceparent().length()
                    + offer.tracestate().length();
        }

        /** Accepts the offer once its turn comes; then follows what the program of the connection waits for. */
        void accept(AckEffect then) {
            effect = effect.and(then);
            answer = new HandoffAnswer.Accepted(offer);
            writeWhatIsNext();
        }

        /** Rejects the offer once its turn comes. */
        void reject(HandoffRejection rejection) {
            answer = new HandoffAnswer.Rejected(offer, rejection);
            writeWhatIsNext();
        }
    }
}
