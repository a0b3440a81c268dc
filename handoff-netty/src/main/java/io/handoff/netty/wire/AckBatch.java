package io.handoff.netty.wire;

import java.util.List;

/**
 * The answers to offers that were read together, oldest first, to be sent together. Goes down the pipeline to be encoded,
 * and up it once the ACKs have left.
 *
 * @param answers the answers
 * @param readAtNanos when the offers were read, by the ticker of the channel's event loop
 */
public record AckBatch(List<HandoffAnswer> answers, long readAtNanos) {

    /**
     * Counts the answers.
     *
     * @return how many there are
     */
    public int size() {
        return answers.size();
    }
}
