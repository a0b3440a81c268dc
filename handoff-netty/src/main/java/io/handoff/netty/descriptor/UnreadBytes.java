package io.handoff.netty.descriptor;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a client that came beside the descriptor of its connection, for as long as its channel has not read them: an attribute of it,
 * where whoever hands the connection on finds them. Confined to the channel's event loop once that is registered. Not API.
 */
public final class UnreadBytes {

    private static final AttributeKey<byte[]> KEY = AttributeKey.valueOf(UnreadBytes.class, "unread");

    private UnreadBytes() {}

    /**
     * Leaves for a channel what it is to read first.
     *
     * @param channel of the connection, not registered yet
     * @param unread what the connection came with, which the caller does not change any more; may be empty
     */
    public static void leave(Channel channel, byte[] unread) {
        if (unread.length > 0) {
            channel.attr(KEY).set(unread);
        }
    }

    /**
     * Looks at what a channel has not read yet.
     *
     * @param channel any channel
     * @return the bytes, not to be changed; null if there are none
     */
    public static byte @Nullable [] peek(Channel channel) {
        return channel.attr(KEY).get();
    }

    /**
     * Takes what a channel has not read yet, to be read now.
     *
     * @param channel any channel
     * @return the bytes, which are the caller's; null if there are none
     */
    public static byte @Nullable [] take(Channel channel) {
        return channel.attr(KEY).getAndSet(null);
    }
}
