package io.handoff.cli;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/** The header of a frame in framing version 2, which no backend understands (WIRE §3). */
final class MalformedFrame {

    private static final byte[] HEADER = {2, 0, 0, 0, 0};

    private MalformedFrame() {}

    /** Sends it on a connection of its own, and tells how the backend answers. */
    static String send(Path socket, Duration timeout) throws IOException {
        try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                Selector selector = Selector.open()) {
            connection.write(ByteBuffer.wrap(HEADER));
            connection.configureBlocking(false);
            connection.register(selector, SelectionKey.OP_READ);
            if (selector.select(timeout.toMillis()) == 0) {
                return "still open after " + timeout.toMillis() + " ms";
            }
            return connection.read(ByteBuffer.allocate(1)) < 0 ? "closed without an ACK" : "answered";
        }
    }
}
