package io.handoff.cli.proxy;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The closing of sockets that are no channels. */
final class Sockets {

    private static final Logger logger = LoggerFactory.getLogger(Sockets.class);

    private Sockets() {}

    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The number is free all the same (close(2)).
            logger.warn("closing a connection failed", e);
        }
    }
}
