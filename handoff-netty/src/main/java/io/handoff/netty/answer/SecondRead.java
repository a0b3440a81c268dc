package io.handoff.netty.answer;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads once more what there is on a connection, by another call and into other memory than Netty, whose reading has failed. A read that
 * fails has taken nothing. What comes later is lost: Netty shuts the input next.
 */
final class SecondRead {

    private static final int READ_BYTES = 8 * 1024;

    private static final Logger logger = LoggerFactory.getLogger(SecondRead.class);

    private SecondRead() {}

    /** Whether it is a failed read that has ended in this. Netty's exception for ENOTCONN is another one than for all other errors. */
    static boolean isAfter(Throwable cause) {
        return cause instanceof IOException || cause instanceof NotYetConnectedException;
    }

    /** What the failed read said. */
    static IOException failureIn(Throwable cause) {
        return cause instanceof IOException failure ? failure : new IOException(cause.toString(), cause);
    }

    /** Reads until that is enough, or nothing more is there, and passes it through the pipeline. */
    static void of(Channel channel, BooleanSupplier isEnough) {
        if (channel instanceof UnixChannel connection) {
            try {
                read(connection.fd(), channel.pipeline(), isEnough);
            } catch (IOException e) {
                logger.debug("{} cannot be read the second time, either", channel, e);
            }
        }
    }

    private static void read(FileDescriptor socket, ChannelPipeline pipeline, BooleanSupplier isEnough)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        int length = 1;
        while (length > 0 && !isEnough.getAsBoolean()) {
            length = socket.read(buffer, 0, READ_BYTES);
            if (length > 0) {
                pipeline.fireChannelRead(
                        Unpooled.copiedBuffer(buffer.duplicate().limit(length)));
                pipeline.fireChannelReadComplete();
            }
        }
    }
}
