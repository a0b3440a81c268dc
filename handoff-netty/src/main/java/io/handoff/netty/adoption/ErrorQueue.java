package io.handoff.netty.adoption;

import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The error queue of an adopted connection. Entries in it, such as the completions of a broker's MSG_ZEROCOPY, wake the event loop for
 * as long as nobody reads them.
 */
final class ErrorQueue {

    /** Read in one turn at most. */
    private static final int MAX_ERRORS_AT_ONCE = 64;

    private static final Logger logger = LoggerFactory.getLogger(ErrorQueue.class);

    private ErrorQueue() {}

    /** Takes out what is in the queue, and switches off what makes more. */
    static void drain(LinuxSocket socket, SocketCalls calls) {
        try {
            int errors = 0;
            while (errors < MAX_ERRORS_AT_ONCE && calls.discardQueuedError(socket)) {
                errors++;
            }
            if (errors > 0) {
                SocketOption.queueNoErrors(socket);
            }
        } catch (IOException e) {
            logger.debug("cannot empty the error queue of {}", socket, e);
        }
    }
}
