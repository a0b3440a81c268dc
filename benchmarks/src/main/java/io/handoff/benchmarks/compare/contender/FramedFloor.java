package io.handoff.benchmarks.compare.contender;

import io.handoff.netty.wire.HandoffFrameDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The floor for offers without descriptors: Netty's own decoder finds the frames, and each gets an ACK. */
final class FramedFloor extends LengthFieldBasedFrameDecoder {

    FramedFloor() {
        super(ByteOrder.LITTLE_ENDIAN, HandoffFrameDecoder.DEFAULT_MAX_FRAME_LENGTH, 1, Integer.BYTES, 0, 0, true);
    }

    @Override
    protected @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in) throws Exception {
        ByteBuf frame = (ByteBuf) super.decode(ctx, in);
        if (frame != null) {
            frame.release();
            ctx.write(FloorFrames.ack(), ctx.voidPromise());
        }
        return null;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The generator has gone; the measurement is over.
        ctx.close();
    }
}
