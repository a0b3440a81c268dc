package io.handoff.reliability.exhaustion;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Descriptors that were sent and are not received: the kernel lets a user have as many in flight as a process may have
 * open (unix(7), ETOOMANYREFS).
 */
final class DescriptorsInFlight implements Closeable {

    private final Path path;
    private final ServerSocketChannel receiver;
    private final FileDescriptor sent;
    private final List<Socket> senders = new ArrayList<>();

    /** Takes a path for a socket that accepts nothing. */
    DescriptorsInFlight(Path path) throws IOException {
        // Loads the native calls behind Socket and FileDescriptor.
        Epoll.ensureAvailability();
        this.path = path;
        this.receiver = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
        this.sent = FileDescriptor.from("/dev/null");
    }

    /** Sends so many. */
    void fill(int count) throws IOException {
        Socket sender = newSender();
        for (int sends = 0; sends < count; ) {
            if (sender.sendFd(sent.intValue()) < 0) {
                sender = newSender();
            } else {
                sends++;
            }
        }
    }

    private Socket newSender() throws IOException {
        Socket sender = Socket.newSocketDomain();
        senders.add(sender);
        if (!sender.connect(new DomainSocketAddress(path.toFile()))) {
            throw new IOException("a socket that listens here could not be connected to at once");
        }
        return sender;
    }

    @Override
    public void close() throws IOException {
        for (Socket sender : senders) {
            sender.close();
        }
        receiver.close();
        sent.close();
        Files.delete(path);
    }
}
