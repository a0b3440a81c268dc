package io.handoff.netty.wire;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What large frames, those with a body of more than {@value HandoffFrameDecoder#DEFAULT_MAX_FRAME_LENGTH} bytes, may take
 * up at once over all connections of a server: from their header on, before a byte of the body is buffered, until their
 * ACK, which repeats a token of any length, has left. Small frames take nothing of it: the number of connections bounds
 * what these take up.
 *
 * <p>Safe from any thread. Not API.
 */
public final class FrameBudget {

    private final long bytes;
    private final AtomicLong taken = new AtomicLong();

    /**
     * Makes a budget.
     *
     * @param bytes how much there is
     */
    public FrameBudget(long bytes) {
        this.bytes = bytes;
    }

    static FrameBudget unlimited() {
        return new FrameBudget(Long.MAX_VALUE);
    }

    /**
     * Takes the length of a body out of the budget.
     *
     * @param bodyLength the length of the body, in bytes
     * @return what has been taken; null for a small frame, which takes nothing
     * @throws HandoffWireException if less is left
     */
    @Nullable
    public Share take(int bodyLength) {
        if (bodyLength <= HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH) {
            return null;
        }
        long before = taken.getAndUpdate(now -> fits(now, bodyLength) ? now + bodyLength : now);
        if (!fits(before, bodyLength)) {
            throw WireErrors.frameBudgetExceeded(bodyLength, before, bytes);
        }
        return new Share(bodyLength);
    }

    private boolean fits(long before, int bodyLength) {
        return before <= bytes - bodyLength;
    }

    /**
     * Tells what large frames have taken up now.
     *
     * @return the length of their bodies, in bytes
     */
    public long taken() {
        return taken.get();
    }

    /** What one frame has taken: given back once, by its owner. */
    public final class Share {

        private final int bodyLength;
        private boolean isGivenBack;

        private Share(int bodyLength) {
            this.bodyLength = bodyLength;
        }

        /** Gives it back. A second time is a mistake of the caller. */
        public void giveBack() {
            if (isGivenBack) {
                throw new IllegalStateException("a share of the frame budget was given back twice");
            }
            isGivenBack = true;
            taken.addAndGet(-bodyLength);
        }
    }
}
