package io.handoff.netty;

import java.util.List;

/** The answers to offers that were read together, oldest first, to be sent together. */
record AckBatch(List<HandoffAcceptance> acceptances) {

    int size() {
        return acceptances.size();
    }
}
