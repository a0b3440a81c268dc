package io.handoff.netty.answer;

import io.handoff.netty.token.Bounds;
import io.handoff.netty.wire.CanonicalOfferReader;
import io.handoff.netty.wire.HandoffAckEncoder;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffFrameParser;
import io.handoff.netty.wire.HandoffOfferValidator;
import io.handoff.netty.wire.HandoffWireException;
import io.netty.channel.ChannelPipeline;
import java.time.Duration;

/**
 * Installs the backend's handlers of the protocol into any channel, in the one order that is right. Use it for a bootstrap of
 * your own or for an {@code EmbeddedChannel}, for framed offers without descriptors. A {@code HandoffServer} uses it, too.
 */
public final class HandoffBackendPipeline {

    /** Time for one offer, unless configured: from the start of the connection or the ACK before, to its own ACK. */
    public static final Duration DEFAULT_OFFER_TIMEOUT = Duration.ofSeconds(5);

    private HandoffBackendPipeline() {}

    /**
     * Installs the backend's side: frames in, ACKs out. Handlers added behind these get a {@link HandoffAnswer} for
     * each offer, and a {@link HandoffWireException} for the error that ends the connection.
     *
     * <p>The channel should allow half-closure ({@code ChannelOption.ALLOW_HALF_CLOSURE}), so that a peer which shuts
     * its writing side after the offer still gets its ACK.
     *
     * <p>A connection may take up the memory of frames of the given length, and of the ACKs for them. There is no bound over all
     * connections here; a {@code HandoffServer} has one.
     *
     * @param pipeline the pipeline to add to
     * @param maxFrameLength the largest frame body read, in bytes; 1 to {@value HandoffFrameDecoder#MAX_FRAME_LENGTH}
     * @param offerTimeout time for one offer: from the start of the connection or the ACK before, to its own ACK
     * @param offerHandler judges the offers; a new one for each channel
     * @return the pipeline
     * @throws IllegalArgumentException if a bound is out of its range
     */
    public static ChannelPipeline add(
            ChannelPipeline pipeline, int maxFrameLength, Duration offerTimeout, HandoffOfferHandler offerHandler) {
        Bounds.positive(offerTimeout, "offerTimeout");
        HandoffFrameDecoder frames = new HandoffFrameDecoder(maxFrameLength);
        return add(pipeline, frames, new ReadTurns(), offerTimeout, Duration.ZERO, offerHandler);
    }

    /**
     * As above, on a connection of a server. Not API.
     *
     * @param pipeline the pipeline to add to
     * @param frames the decoder, which takes from a budget that the connections share
     * @param turns the turns in reading that they share
     * @param offerTimeout time for one offer
     * @param elapsed how much of it is over already
     * @param offerHandler judges the offers
     * @return the pipeline
     */
    public static ChannelPipeline add(
            ChannelPipeline pipeline,
            HandoffFrameDecoder frames,
            ReadTurns turns,
            Duration offerTimeout,
            Duration elapsed,
            HandoffOfferHandler offerHandler) {
        return pipeline.addLast(new ReadPacer(turns))
                .addLast(new ReadClock())
                .addLast(new OfferDeadlineHandler(offerTimeout, elapsed, frames, new AckProgress()))
                .addLast(frames)
                .addLast(new DrainHandler(frames))
                .addLast(new CanonicalOfferReader())
                .addLast(HandoffFrameParser.INSTANCE)
                .addLast(HandoffOfferValidator.INSTANCE)
                .addLast(HandoffAckEncoder.INSTANCE)
                .addLast(offerHandler);
    }
}
