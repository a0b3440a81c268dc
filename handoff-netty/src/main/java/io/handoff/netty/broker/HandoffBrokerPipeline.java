package io.handoff.netty.broker;

import io.handoff.netty.wire.HandoffAckValidator;
import io.handoff.netty.wire.HandoffAnswer;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffFrameParser;
import io.handoff.netty.wire.HandoffOfferEncoder;
import io.handoff.netty.wire.HandoffWireException;
import io.handoff.netty.wire.Offer;
import io.netty.channel.ChannelPipeline;

/**
 * Installs the broker's handlers of the protocol into any channel, in the one order that is right. Use it for a bootstrap of your
 * own or for an {@code EmbeddedChannel}, for framed offers without descriptors. A {@link HandoffBroker} uses it, too.
 */
public final class HandoffBrokerPipeline {

    private HandoffBrokerPipeline() {}

    /**
     * Installs the broker's side for one exchange: {@link Offer} out, {@link HandoffAnswer} in. Handlers added behind these get
     * the answer, or a {@link HandoffWireException} if what came is no valid answer. They also have to keep the deadline and to
     * close the channel.
     *
     * @param pipeline the pipeline to add to
     * @param offer the offer that is going to be sent
     * @return the pipeline
     */
    public static ChannelPipeline add(ChannelPipeline pipeline, Offer offer) {
        return pipeline.addLast(new HandoffFrameDecoder(HandoffFrameDecoder.MAX_FRAME_LENGTH))
                .addLast(HandoffFrameParser.INSTANCE)
                .addLast(new HandoffAckValidator(offer))
                .addLast(HandoffOfferEncoder.INSTANCE);
    }
}
