package io.handoff.benchmarks.jmh;

import io.handoff.benchmarks.load.EchoHandler;
import io.handoff.netty.wire.HandoffFrameDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.ByteOrder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The floor for {@link OfferPipeline}: the bytes of the same offer are cut into a frame by Netty's own decoder and
 * written back as they are, header included. What is above it, the protocol costs.
 */
public class RawEcho extends NanosecondsPerOperation {

    private static final int LENGTH_OFFSET = 1;
    private static final int LENGTH_BYTES = 4;

    private final byte[] frame = SampleOffer.frame();

    private final EmbeddedChannel channel = new EmbeddedChannel(
            new LengthFieldBasedFrameDecoder(
                    ByteOrder.LITTLE_ENDIAN,
                    HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH,
                    LENGTH_OFFSET,
                    LENGTH_BYTES,
                    0,
                    0,
                    true),
            EchoHandler.INSTANCE);

    /** Echoes one frame. */
    @Benchmark
    public int echo() {
        return EmbeddedBytes.release(exchange());
    }

    ByteBuf exchange() {
        EmbeddedBytes.deliver(channel, frame);
        return EmbeddedBytes.takeAnswer(channel);
    }

    /** Ends the channel. */
    @TearDown
    public void close() {
        EmbeddedBytes.finish(channel);
    }
}
