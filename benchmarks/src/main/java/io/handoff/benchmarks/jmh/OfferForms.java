package io.handoff.benchmarks.jmh;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.handoff.netty.wire.CanonicalOfferReader;
import io.handoff.netty.wire.HandoffFrameParser;
import io.handoff.netty.wire.HandoffOfferValidator;
import io.handoff.netty.wire.Offer;
import io.handoff.proto.v1.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/**
 * From the body of one frame to the checked offer, as in a server, for the two forms in which encoders write the same offer;
 * and for one that none of them writes.
 */
public class OfferForms extends NanosecondsPerOperation {

    private static final int HEADER_LENGTH = 5;

    private static final ByteString HANDLE_VALUE_OF_ZERO = ByteString.copyFrom(new byte[] {0x08, 0});
    private static final ByteString UNKNOWN_FIELD = ByteString.copyFrom(new byte[] {0x78, 0});

    private final ByteBuf shortest = body(ByteString.EMPTY, ByteString.EMPTY);
    private final ByteBuf explicitZero = body(HANDLE_VALUE_OF_ZERO, ByteString.EMPTY);
    private final ByteBuf unusual = body(ByteString.EMPTY, UNKNOWN_FIELD);

    private final EmbeddedChannel channel = new EmbeddedChannel(
            new CanonicalOfferReader(), HandoffFrameParser.INSTANCE, HandoffOfferValidator.INSTANCE);

    /** Defaults are left out: so write this library, and the reference before 4.10. */
    @Benchmark
    public Offer shortest() {
        return read(shortest);
    }

    /** It begins with a {@code handle_value} of zero: so writes the broker of the reference since 4.10. */
    @Benchmark
    public Offer explicitZero() {
        return read(explicitZero);
    }

    /** It ends in a field that nobody knows, so it is read by way of the messages. */
    @Benchmark
    public Offer unusual() {
        return read(unusual);
    }

    private Offer read(ByteBuf body) {
        channel.pipeline().fireChannelRead(body.retainedDuplicate());
        return Objects.requireNonNull(channel.readInbound(), "no offer came out");
    }

    private static ByteBuf body(ByteString before, ByteString after) {
        byte[] sample = SampleOffer.frame();
        try {
            Frame frame = Frame.parseFrom(Arrays.copyOfRange(sample, HEADER_LENGTH, sample.length));
            ByteString payload = before.concat(frame.getPayload()).concat(after);
            byte[] body = frame.toBuilder().setPayload(payload).build().toByteArray();
            return ByteBufAllocator.DEFAULT.directBuffer(body.length).writeBytes(body);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("the sample is a frame", e);
        }
    }

    /** Ends the channel. */
    @TearDown
    public void close() {
        shortest.release();
        explicitZero.release();
        unusual.release();
        EmbeddedBytes.finish(channel);
    }
}
