package io.handoff.netty;

import java.util.List;

/**
 * The answers to offers that were read together, oldest first, to be sent together. Goes down the pipeline to be encoded,
 * and up it once the ACKs have left.
 *
 * @param acceptances the answers
 * @param readAtNanos when the offers were read, by the ticker of the channel's event loop
 */
record AckBatch(List<HandoffAcceptance> acceptances, long readAtNanos) {

    int size() {
        return acceptances.size();
    }
}
