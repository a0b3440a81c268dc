package io.handoff.netty.adoption;

import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has another thread than the event loop wait in close(2), where the program has set {@code SO_LINGER}. */
final class LingeringClose {

    private static final Logger logger = LoggerFactory.getLogger(LingeringClose.class);

    private LingeringClose() {}

    /** Of a channel that is about to be closed: only the last close(2) of a connection waits for its client. */
    static void elsewhere(UnixChannel channel, SocketCalls calls) {
        try {
            OwnedDescriptor last = calls.duplicate(channel.fd().intValue());
            // In a task, because a descriptor that is still open here must be out of epoll first.
            channel.eventLoop().execute(() -> GlobalEventExecutor.INSTANCE.execute(last::close));
        } catch (IOException e) {
            logger.debug("cannot close {} on another thread", channel, e);
        }
    }
}
