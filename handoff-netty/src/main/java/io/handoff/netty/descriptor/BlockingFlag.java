package io.handoff.netty.descriptor;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code O_NONBLOCK} of an adopted connection: the broker's copy shares it, and may go on with the connection as it had it. */
public final class BlockingFlag {

    private static final Logger logger = LoggerFactory.getLogger(BlockingFlag.class);

    private final SocketCalls calls;
    private boolean wasBlocking;

    /** Takes what asks and sets it. */
    public BlockingFlag(SocketCalls calls) {
        this.calls = calls;
    }

    /** Sets it, and remembers whether it was set. */
    public void setNonBlocking(FileDescriptor socket) throws IOException {
        wasBlocking = !calls.setNonBlocking(socket, true);
    }

    /** Puts it back as it was. */
    public void giveBack(FileDescriptor socket) {
        if (!wasBlocking) {
            return;
        }
        try {
            calls.setNonBlocking(socket, false);
        } catch (IOException e) {
            logger.warn("cannot give a connection back as it came: it stays non-blocking", e);
        }
    }
}
