package io.handoff.netty.answer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;

/**
 * Decides when more is read from a connection: while its answers have room, and, once a read has filled its buffer, when
 * the connection has its turn.
 */
final class ReadPacer extends ChannelDuplexHandler {

    private final ReadTurns turns;
    private boolean hasRoom = true;
    private boolean awaitsTurn;
    private boolean isReadFull;
    private boolean hasEnded;

    ReadPacer(ReadTurns turns) {
        this.turns = turns;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        isReadFull = msg instanceof ByteBuf bytes && !bytes.isWritable();
        ctx.fireChannelRead(msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (isReadFull && !awaitsTurn) {
            awaitsTurn = true;
            update(ctx.channel());
            turns.await(ctx.executor(), () -> {
                awaitsTurn = false;
                update(ctx.channel());
            });
        }
        isReadFull = false;
        ctx.fireChannelReadComplete();
    }

    /** Netty's decoders ask for more by themselves while a frame is not whole, also where reading is paused. */
    @Override
    public void read(ChannelHandlerContext ctx) {
        if (hasEnded || mayRead()) {
            ctx.read();
        }
    }

    private boolean mayRead() {
        return hasRoom && !awaitsTurn;
    }

    /** Tells whether there is room for the answers to more offers. */
    void setRoom(boolean hasRoom, Channel channel) {
        this.hasRoom = hasRoom;
        update(channel);
    }

    /** Nothing more is read; to ask for more once the input has ended makes Netty's epoll transport fail the channel. */
    void end() {
        hasEnded = true;
    }

    private void update(Channel channel) {
        if (!hasEnded && channel.isActive()) {
            channel.config().setAutoRead(mayRead());
        }
    }
}
