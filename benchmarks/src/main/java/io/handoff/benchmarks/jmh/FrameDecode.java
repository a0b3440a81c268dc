package io.handoff.benchmarks.jmh;

import io.handoff.netty.wire.HandoffFrameDecoder;
import io.handoff.netty.wire.HandoffFrameParser;
import io.handoff.netty.wire.HandoffOfferValidator;
import io.handoff.netty.wire.Offer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/** From the bytes of one offer to the checked offer; no token is judged and nothing is answered. */
public class FrameDecode extends NanosecondsPerOperation {

    private final byte[] frame = SampleOffer.frame();

    private final EmbeddedChannel channel = new EmbeddedChannel(
            new HandoffFrameDecoder(HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH),
            HandoffFrameParser.INSTANCE,
            HandoffOfferValidator.INSTANCE);

    /** Decodes one offer. */
    @Benchmark
    public Offer decode() {
        EmbeddedBytes.deliver(channel, frame);
        return Objects.requireNonNull(channel.readInbound(), "no offer came out");
    }

    /** Ends the channel. */
    @TearDown
    public void close() {
        EmbeddedBytes.finish(channel);
    }
}
