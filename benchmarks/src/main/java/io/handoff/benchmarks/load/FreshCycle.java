package io.handoff.benchmarks.load;

import java.io.IOException;

/** {@link LoadMode#FRESH}: one offer on each connection. */
class FreshCycle extends DialingCycle {

    private final int slot;
    private final AckReader acks;

    FreshCycle(LoadContext context, int slot) {
        super(context);
        this.slot = slot;
        this.acks = new AckReader(context.frames(), 1);
    }

    @Override
    void connected(PolledSocket connection) throws IOException {
        acks.reset();
        context().frames().writeOffer(connection.fd(), slot);
        connection.awaitInput(context().loop());
    }

    @Override
    final void readable() throws IOException {
        acks.read(connection().fd());
        if (acks.hasFrame()) {
            String difference = acks.takeDifference(slot);
            if (difference != null) {
                throw new IOException(difference);
            }
            accepted();
        }
    }

    /** The expected ACK has come. */
    void accepted() throws IOException {
        complete();
    }
}
