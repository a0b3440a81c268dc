package io.handoff.netty.takeover;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The socket at which the successor is to listen. */
final class SuccessorSocket {

    private final Path path;

    SuccessorSocket(Path path) {
        this.path = path;
    }

    /** Whether somebody listens there: by connecting, and closing at once, which no backend takes amiss. Does not wait. */
    boolean isListening() {
        if (!Files.exists(path)) {
            return false;
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            // Also where its backlog is full for now.
            return false;
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
