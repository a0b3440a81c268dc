package io.handoff.netty.wire;

import io.handoff.proto.v1.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.protobuf.ProtobufDecoder;
import java.util.List;

/**
 * Parses the body of a frame into a {@link Frame} (WIRE §5, check 4). A plain {@link ProtobufDecoder} would accept broken
 * encodings that the other implementations of the protocol refuse.
 */
@Sharable
public final class HandoffFrameParser extends ProtobufDecoder {

    /** The one instance; it has no state. */
    public static final HandoffFrameParser INSTANCE = new HandoffFrameParser();

    private HandoffFrameParser() {
        super(Frame.getDefaultInstance());
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf body, List<Object> out) throws Exception {
        WellFormed.check(body.nioBuffer());
        super.decode(ctx, body, out);
    }
}
