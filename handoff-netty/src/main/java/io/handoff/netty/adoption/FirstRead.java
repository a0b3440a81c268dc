package io.handoff.netty.adoption;

import io.handoff.netty.descriptor.UnreadBytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * What an adopted channel reads before anything of its socket: the bytes that came with the offer (WIRE §10). They come as a read of
 * the socket would: in a task of their own once a read is asked for, or, where Netty reads unasked, right before that.
 */
final class FirstRead {

    private final Channel channel;
    private boolean isOver;
    private boolean isAskedFor;

    /** When it was asked for, by the number of times that reading had been switched off. */
    private int askedAfterStops;

    FirstRead(Channel channel) {
        this.channel = channel;
    }

    /** Whether a read that is asked for is this one, and not one of the socket. */
    boolean take() {
        if (isOver()) {
            return false;
        }
        askedAfterStops = readingStops();
        if (!isAskedFor) {
            isAskedFor = true;
            channel.eventLoop().execute(this::readIfAskedFor);
        }
        return true;
    }

    private int readingStops() {
        return ((StreamChannelConfig) channel.config()).readingStops.get();
    }

    /**
     * Lets the bytes be read, if they have not been.
     *
     * @return whether the socket may be read then: a handler may have closed it
     */
    boolean read() {
        byte[] bytes = isOver() ? null : UnreadBytes.take(channel);
        if (bytes != null) {
            isOver = true;
            ByteBuf first = channel.alloc().ioBuffer(bytes.length);
            channel.pipeline().fireChannelRead(first.writeBytes(bytes));
        }
        return channel.isOpen();
    }

    private boolean isOver() {
        isOver |= UnreadBytes.peek(channel) == null;
        return isOver;
    }

    private void readIfAskedFor() {
        isAskedFor = false;
        // Nothing is wanted any more of a channel that has stopped reading since, to be handed on for one.
        if (askedAfterStops == readingStops() && !isOver && channel.isOpen()) {
            read();
            channel.pipeline().fireChannelReadComplete();
        }
    }
}
