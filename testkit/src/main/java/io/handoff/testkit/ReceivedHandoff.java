package io.handoff.testkit;

import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffOffer;

/** One handoff as a {@link ScriptedBackend} has received it, before it has answered. */
public final class ReceivedHandoff {

    private final byte[] token;
    private final BlockingSocket client;
    private final Frame frame;
    private final HandoffOffer offer;

    ReceivedHandoff(byte[] token, BlockingSocket client, Frame frame) {
        this.token = token;
        this.client = client;
        this.frame = frame;
        this.offer = HandoffFrames.offerIn(frame);
    }

    /**
     * Tells what came with the descriptor.
     *
     * @return the 16 bytes, which the offer has to repeat
     */
    public byte[] token() {
        return token.clone();
    }

    /**
     * Tells what was offered.
     *
     * @return the offer
     */
    public HandoffOffer offer() {
        return offer;
    }

    /**
     * Tells how it was offered.
     *
     * @return the offer's envelope, with the trace context and the deadline of the broker
     */
    public Frame frame() {
        return frame;
    }

    /**
     * Gives the client's connection.
     *
     * @return the descriptor that was passed; the backend's script closes it if it does not accept, and the backend when it is
     *     closed
     */
    public BlockingSocket client() {
        return client;
    }
}
