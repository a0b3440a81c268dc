package io.handoff.benchmarks.load;

import java.io.IOException;

/**
 * {@link LoadMode#PIPELINED}: one connection, on which the offers of its slots go round. ACKs keep the order of the offers
 * (WIRE §2), so a place in the round tells which one comes next.
 */
final class PipelinedCycle extends DialingCycle {

    private final int firstSlot;
    private final int depth;
    private final int offerLength;
    private final AckReader acks;

    /** When the offer of each slot was sent, the last time. */
    private final long[] sentAtNanos;

    /** The byte of the round that is to be sent next. */
    private int position;

    /** How many bytes from there on may be sent now. */
    private int unsent;

    /** Which of the slots is to be answered next. */
    private int nextAnswered;

    PipelinedCycle(LoadContext context, int firstSlot, int depth) {
        super(context);
        this.firstSlot = firstSlot;
        this.depth = depth;
        this.offerLength = context.frames().offerLength();
        this.acks = new AckReader(context.frames(), depth);
        this.sentAtNanos = new long[depth];
    }

    @Override
    void connected(PolledSocket connection) throws IOException {
        acks.reset();
        position = 0;
        unsent = depth * offerLength;
        nextAnswered = 0;
        send(connection);
        connection.awaitInput(context().loop());
    }

    @Override
    void readable() throws IOException {
        acks.read(connection().fd());
        if (acks.hasFrame()) {
            takeAnswers();
            send(connection());
            waitingSince(sentAtNanos[nextAnswered]);
        }
    }

    private void takeAnswers() throws IOException {
        long now = System.nanoTime();
        while (acks.hasFrame()) {
            String difference = acks.takeDifference(firstSlot + nextAnswered);
            if (difference == null) {
                context().recorder().completed(now - sentAtNanos[nextAnswered]);
            } else {
                // The frame ends where it says, so the answers behind it are good.
                context().recorder().failed(difference);
            }
            nextAnswered = nextAnswered + 1 == depth ? 0 : nextAnswered + 1;
            unsent += offerLength;
        }
    }

    /**
     * Sends what may be sent, with one write unless the round ends in it. What the socket does not take follows with the
     * next answer: as long as it is full, it holds offers that will be answered.
     */
    private void send(PolledSocket connection) throws IOException {
        boolean isTaken = true;
        while (isTaken && unsent > 0) {
            int length = Math.min(unsent, depth * offerLength - position);
            isTaken = write(connection, length) == length;
        }
    }

    private int write(PolledSocket connection, int length) throws IOException {
        long now = System.nanoTime();
        int start = firstSlot * offerLength + position;
        int written = context().frames().writeOffers(connection.fd(), start, start + length);
        int end = position + written;
        // An offer is sent when its last byte is.
        for (int slot = position / offerLength; slot < end / offerLength; slot++) {
            sentAtNanos[slot] = now;
        }
        unsent -= written;
        position = end == depth * offerLength ? 0 : end;
        return written;
    }
}
