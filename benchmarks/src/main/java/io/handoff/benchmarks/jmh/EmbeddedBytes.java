package io.handoff.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Objects;

/**
 * Takes the socket's part at an {@link EmbeddedChannel}, the same for every benchmark, so that what differs between two
 * of them is their pipelines.
 */
final class EmbeddedBytes {

    private EmbeddedBytes() {}

    /**
     * Delivers bytes as a socket read does that takes all there is: copied into a pooled direct buffer with room left, which
     * the pipeline releases. A full one would tell it that there is more.
     */
    static void deliver(EmbeddedChannel channel, byte[] bytes) {
        channel.writeInbound(channel.alloc().directBuffer(2 * bytes.length).writeBytes(bytes));
    }

    /** Takes the buffer that the pipeline has flushed; the caller releases it. */
    static ByteBuf takeAnswer(EmbeddedChannel channel) {
        return Objects.requireNonNull(channel.readOutbound(), "nothing was flushed");
    }

    /** Releases an answer as a socket write does, and returns its length for JMH to consume. */
    static int release(ByteBuf answer) {
        int length = answer.readableBytes();
        answer.release();
        return length;
    }

    /** Closes the channel, whose every answer must have been taken by then. */
    static void finish(EmbeddedChannel channel) {
        if (channel.finishAndReleaseAll()) {
            throw new IllegalStateException("the benchmark did not take everything that came out of its pipeline");
        }
    }
}
