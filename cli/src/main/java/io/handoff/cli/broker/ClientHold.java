package io.handoff.cli.broker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Keeps a client unread until it is known who serves it, and keeps what is read all the same: at the end of the input Netty's
 * epoll channel reads all there is, whatever it is told.
 */
final class ClientHold extends ChannelDuplexHandler {

    private final Queue<ByteBuf> read = new ArrayDeque<>();

    @Override
    public void read(ChannelHandlerContext ctx) {
        // Whoever asks for it wants the channel to be as it was: unread.
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        read.add((ByteBuf) msg);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Whoever serves the client meets the same error. That one resets its connection is no news.
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        // Also of a channel that is closed.
        take().release();
    }

    /** Gives away what was read, as one buffer with a memory address. */
    ByteBuf take() {
        if (read.isEmpty()) {
            return Unpooled.EMPTY_BUFFER;
        }
        if (read.size() == 1) {
            return read.remove();
        }
        CompositeByteBuf parts = Unpooled.compositeBuffer(read.size());
        while (!read.isEmpty()) {
            parts.addComponent(true, read.remove());
        }
        try {
            return Unpooled.directBuffer(parts.readableBytes()).writeBytes(parts);
        } finally {
            parts.release();
        }
    }
}
