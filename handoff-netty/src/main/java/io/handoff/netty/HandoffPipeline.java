package io.handoff.netty;

import io.netty.channel.ChannelPipeline;
import java.time.Duration;

/**
 * Installs the handlers of the protocol into any channel, in the one order that is right: for a bootstrap of your own,
 * or for an {@code EmbeddedChannel}. {@link HandoffServer} uses it too.
 */
public final class HandoffPipeline {

    /** Time for one offer, unless configured: from the start of the connection or the ACK before, to its own ACK. */
    public static final Duration DEFAULT_OFFER_TIMEOUT = Duration.ofSeconds(5);

    private HandoffPipeline() {}

    /**
     * Installs the backend's side: frames in, ACKs out. Handlers added behind these get a {@link HandoffAcceptance} for
     * each offer, and a {@link HandoffWireException} for the error that ends the connection.
     *
     * <p>The channel should allow half-closure ({@code ChannelOption.ALLOW_HALF_CLOSURE}), so that a peer which shuts
     * its writing side after the offer still gets its ACK.
     *
     * <p>A connection may take up the memory of frames of the given length, and of the ACKs for them; the bound over all
     * connections is {@link HandoffServer}'s.
     *
     * @param pipeline the pipeline to add to
     * @param maxFrameLength the largest frame body read, in bytes; 1 to {@value HandoffFrameDecoder#MAX_FRAME_LENGTH}
     * @param offerTimeout time for one offer: from the start of the connection or the ACK before, to its own ACK
     * @param offerHandler judges the offers; a new one for each channel
     * @return the pipeline
     * @throws IllegalArgumentException if a bound is out of its range
     */
    public static ChannelPipeline addBackend(
            ChannelPipeline pipeline, int maxFrameLength, Duration offerTimeout, HandoffOfferHandler offerHandler) {
        Bounds.positive(offerTimeout, "offerTimeout");
        HandoffFrameDecoder frames = new HandoffFrameDecoder(maxFrameLength);
        return addBackend(pipeline, frames, new ReadTurns(), offerTimeout, Duration.ZERO, offerHandler);
    }

    /**
     * As above, on a connection that has used up some of its time already, with a decoder of its own, and with turns that it
     * shares with others.
     */
    static ChannelPipeline addBackend(
            ChannelPipeline pipeline,
            HandoffFrameDecoder frames,
            ReadTurns turns,
            Duration offerTimeout,
            Duration elapsed,
            HandoffOfferHandler offerHandler) {
        return pipeline.addLast(new ReadPacer(turns))
                .addLast(new OfferDeadlineHandler(offerTimeout, elapsed, frames))
                .addLast(frames)
                .addLast(new CanonicalOfferReader())
                .addLast(HandoffFrameParser.INSTANCE)
                .addLast(HandoffOfferValidator.INSTANCE)
                .addLast(HandoffAckEncoder.INSTANCE)
                .addLast(offerHandler);
    }

    /**
     * Installs the broker's side for one exchange: {@link Offer} out, {@link HandoffAcceptance} in. Handlers added
     * behind these get the answer, or a {@link HandoffWireException} for an answer that is none; deadlines and closing are theirs.
     *
     * @param pipeline the pipeline to add to
     * @param offer the offer that is going to be sent
     * @return the pipeline
     */
    public static ChannelPipeline addBroker(ChannelPipeline pipeline, Offer offer) {
        return pipeline.addLast(new HandoffFrameDecoder(HandoffFrameDecoder.MAX_FRAME_LENGTH))
                .addLast(HandoffFrameParser.INSTANCE)
                .addLast(new HandoffAckValidator(offer))
                .addLast(HandoffOfferEncoder.INSTANCE);
    }
}
