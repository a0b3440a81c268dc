package io.handoff.cli.broker;

import io.handoff.cli.config.ListenAddress;
import io.handoff.cli.config.ListenerConfig;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.SocketPath;
import io.netty.channel.unix.Socket;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that listens for clients.
 *
 * @param socket listens already; whoever makes a channel of it owns it
 * @param text where clients connect, with the real port
 * @param transport how they connect
 * @param file the socket's file that was made here, and its identity
 */
record ClientSocket(
        Socket socket,
        String text,
        BrokerReport.Transport transport,
        @Nullable SocketFile file) {

    private static final Logger logger = LoggerFactory.getLogger(ClientSocket.class);

    private static final int FILE_TYPE_MASK = 0170000;
    private static final int SOCKET_FILE_TYPE = 0140000;

    /** A file that may be removed as long as it is the same. */
    record SocketFile(Path path, Object identity) {}

    /**
     * Opens a socket, or takes one that was passed to this process.
     *
     * @throws IOException naming the address and what is wrong; nothing of ours is then left there
     */
    static ClientSocket open(ListenerConfig config) throws IOException {
        ListenAddress address = config.address();
        try {
            if (address instanceof ListenAddress.Tcp tcp) {
                return openTcp(tcp.address(), config);
            }
            return address instanceof ListenAddress.Unix unix
                    ? openUnix(unix.path(), config.backlog())
                    : SystemdSockets.ofThisProcess().take(((ListenAddress.Systemd) address).name());
        } catch (IOException e) {
            String obstacle =
                    address instanceof ListenAddress.Unix unix ? SocketPath.obstacleToListening(unix.path()) : null;
            throw new IOException(
                    "cannot listen on " + address.text() + ": " + (obstacle == null ? e.getMessage() : obstacle), e);
        }
    }

    private static ClientSocket openTcp(InetSocketAddress address, ListenerConfig config) throws IOException {
        Socket socket = Socket.newSocketStream();
        try {
            socket.setReuseAddress(true);
            socket.setReusePort(config.reusePort());
            socket.bind(address);
            socket.listen(config.backlog());
            return ofTcp(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Takes a socket that listens at a TCP address. */
    static ClientSocket ofTcp(Socket listening) {
        String text = NetUtil.toSocketAddressString(listening.localAddress());
        return new ClientSocket(listening, text, BrokerReport.Transport.TCP, null);
    }

    private static ClientSocket openUnix(Path path, int backlog) throws IOException {
        makeWay(path);
        Socket socket = Socket.newSocketDomain();
        try {
            // Netty's own bind would remove whatever is there.
            LibcSocketCalls.INSTANCE.bind(socket, path);
            SocketFile file = new SocketFile(path, identity(path));
            socket.listen(backlog);
            return new ClientSocket(socket, path.toString(), BrokerReport.Transport.UNIX, file);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static Object identity(Path path) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey(),
                "files have keys on Linux");
    }

    private static void makeWay(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & FILE_TYPE_MASK) != SOCKET_FILE_TYPE) {
            throw new IOException("it exists and is no socket");
        }
        if (isLive(path)) {
            throw new IOException("another process listens there");
        }
        Files.delete(path);
    }

    private static boolean isLive(Path path) throws IOException {
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            throw new IOException("it may be in use: " + e.getMessage(), e);
        }
    }

    /** Removes the file if it is still the one that was made here. */
    void removeFile() {
        if (file == null) {
            return;
        }
        try {
            if (Files.exists(file.path(), LinkOption.NOFOLLOW_LINKS)
                    && identity(file.path()).equals(file.identity())) {
                Files.deleteIfExists(file.path());
            }
        } catch (IOException e) {
            logger.warn("cannot remove the socket file {}", file.path(), e);
        }
    }
}
