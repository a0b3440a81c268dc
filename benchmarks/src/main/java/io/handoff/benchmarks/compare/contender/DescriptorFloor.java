package io.handoff.benchmarks.compare.contender;

import io.handoff.benchmarks.load.EchoHandler;
import io.handoff.netty.token.HandoffToken;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The floor for a handoff: takes the descriptor as Netty receives it, waits for so many bytes, writes an ACK, and makes
 * the descriptor a channel that echoes.
 *
 * <p>Its channel has to begin in the read mode {@code FILE_DESCRIPTORS}. Netty receives the descriptor together with one
 * byte, the first of the token, and then looks at the read mode again.
 */
final class DescriptorFloor extends ChannelInboundHandlerAdapter {

    private static final int BYTES_WITH_DESCRIPTOR = 1;

    private @Nullable FileDescriptor descriptor;
    private int awaited = HandoffToken.BYTES - BYTES_WITH_DESCRIPTOR + FloorFrames.OFFER_LENGTH;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof FileDescriptor received) {
            descriptor = received;
            ((EpollDomainSocketChannel) ctx.channel()).config().setReadMode(DomainSocketReadMode.BYTES);
        } else {
            ByteBuf bytes = (ByteBuf) msg;
            awaited -= bytes.readableBytes();
            bytes.release();
            if (awaited == 0) {
                ctx.writeAndFlush(FloorFrames.ack()).addListener(written -> {
                    if (written.isSuccess()) {
                        adopt(ctx.channel().eventLoop());
                    }
                });
            }
        }
    }

    private void adopt(EventLoop loop) {
        FileDescriptor adopted = descriptor;
        if (adopted != null) {
            descriptor = null;
            EpollDomainSocketChannel client = new EpollDomainSocketChannel(adopted.intValue(), true);
            client.pipeline().addLast(EchoHandler.INSTANCE);
            loop.register(client);
        }
    }

    /** A descriptor that nobody was told of. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws IOException {
        if (descriptor != null) {
            descriptor.close();
            descriptor = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The generator has gone; the measurement is over.
        ctx.close();
    }
}
