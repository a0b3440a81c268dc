package io.handoff.netty.answer;

import io.handoff.netty.wire.HandoffWireException;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * The end of one handoff connection: nothing more is read or looked at, what came before is answered, the error that has ended it is
 * told, and the connection is closed. The first end decides: closing in the middle of a frame looks like another one.
 */
final class ConnectionEnd {

    private final ReadPacer reading;
    private final AckWriter acks;
    private final AnswerQueue answers;
    private boolean hasBegun;
    private @Nullable HandoffWireException wireError;

    ConnectionEnd(ReadPacer reading, AckWriter acks, AnswerQueue answers) {
        this.reading = reading;
        this.acks = acks;
        this.answers = answers;
    }

    boolean hasBegun() {
        return hasBegun;
    }

    /** Ends the connection once everything is answered. */
    void begin(ChannelHandlerContext ctx, @Nullable HandoffWireException cause) {
        if (hasBegun) {
            return;
        }
        hasBegun = true;
        reading.end();
        wireError = cause;
        if (ctx.channel().isActive()) {
            closeOnceAnswered(ctx);
        } else {
            tellError(ctx);
        }
    }

    /** Ends the connection whatever still waits for an answer. */
    void atOnce(ChannelHandlerContext ctx, Throwable cause) {
        hasBegun = true;
        reading.end();
        ctx.fireExceptionCaught(cause);
        ctx.close();
    }

    /** The connection has closed. Nobody hears of an error any more once the pipeline is taken down. */
    void closed(ChannelHandlerContext ctx) {
        // Those that are still due fail.
        acks.flush();
        tellError(ctx);
    }

    /** Another offer has its answer. */
    void closeOnceAnswered(ChannelHandlerContext ctx) {
        if (!hasBegun || !answers.isEmpty()) {
            return;
        }
        tellError(ctx);
        acks.flush();
        // Completes behind the ACKs that are still on their way out.
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void tellError(ChannelHandlerContext ctx) {
        HandoffWireException error = wireError;
        if (error != null) {
            wireError = null;
            ctx.fireExceptionCaught(error);
        }
    }
}
