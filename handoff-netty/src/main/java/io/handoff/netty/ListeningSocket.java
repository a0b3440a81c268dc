package io.handoff.netty;

import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening Unix-domain socket and its file: one that was passed to this process, whose file is the passer's, or one made
 * here, from before its file exists until that is gone.
 *
 * <p>A stale socket file, at which nobody listens, is replaced; a live one, and anything that is no socket, is left
 * alone. The file has mode 0600 before the first peer can connect, and is removed only while it is still the one made
 * here: while the socket is open, no other file can have its inode number.
 */
final class ListeningSocket {

    /** {@code sun_path} holds 108 bytes, the last of them zero (unix(7)); Netty would cut a longer path off silently. */
    static final int MAX_PATH_BYTES = 107;

    private static final int FILE_TYPE_MASK = 0170000;
    private static final int SOCKET_FILE_TYPE = 0140000;

    private static final Logger logger = LoggerFactory.getLogger(ListeningSocket.class);

    private final Path path;

    /** Null if the file is not ours to remove. */
    private final @Nullable Object fileKey;

    private final Socket socket;

    private ListeningSocket(Path path, @Nullable Object fileKey, Socket socket) {
        this.path = path;
        this.fileKey = fileKey;
        this.socket = socket;
    }

    /**
     * Takes the socket that was passed to this process and listens at the path.
     *
     * @throws IOException naming the path and what is wrong
     */
    static ListeningSocket passed(Path path, SocketActivation activation, SocketCalls calls) throws IOException {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            Socket socket = activation.take(absolute, calls);
            try {
                calls.setNonBlocking(socket, true);
            } catch (IOException e) {
                socket.close();
                throw e;
            }
            return new ListeningSocket(absolute, null, socket);
        } catch (IOException e) {
            throw cannotListen(path, e);
        }
    }

    /**
     * Makes a socket that listens at the path.
     *
     * @throws IOException naming the path and what is wrong with it; nothing of ours is then left there
     */
    static ListeningSocket bind(Path path, SocketCalls calls) throws IOException {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH_BYTES) {
            throw cannotListen(path, "the path has " + length + " bytes; at most " + MAX_PATH_BYTES + " fit");
        }
        removeStale(path);
        Socket socket = Socket.newSocketDomain();
        try {
            calls.bind(socket, path);
            return listen(new ListeningSocket(path, keyOf(path), socket));
        } catch (IOException e) {
            socket.close();
            throw cannotListen(path, e);
        }
    }

    private static ListeningSocket listen(ListeningSocket bound) throws IOException {
        try {
            // Until it listens nobody can connect.
            Files.setPosixFilePermissions(bound.path, PosixFilePermissions.fromString("rw-------"));
            bound.socket.listen(NetUtil.SOMAXCONN);
            return bound;
        } catch (IOException e) {
            bound.removeFile();
            throw e;
        }
    }

    private static void removeStale(Path path) throws IOException {
        Object probed;
        try {
            int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & FILE_TYPE_MASK) != SOCKET_FILE_TYPE) {
                throw cannotListen(path, "it exists and is no socket");
            }
            probed = keyOf(path);
        } catch (NoSuchFileException e) {
            return;
        }
        if (isLive(path)) {
            throw cannotListen(path, "another process listens there");
        }
        if (probed.equals(keyOf(path))) {
            Files.delete(path);
        }
    }

    private static boolean isLive(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            boolean ignored = probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            // A full backlog, for one. Only a refused connection proves that nobody listens.
            throw cannotListen(path, "it may be in use: " + e.getMessage());
        }
    }

    /** Whether brokers still find the socket once this process has let go of it. */
    boolean isPassed() {
        return fileKey == null;
    }

    /** Removes the file if it is still the one that was made here. Does nothing the second time. */
    void removeFile() {
        try {
            if (fileKey != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS) && fileKey.equals(keyOf(path))) {
                Files.delete(path);
            }
        } catch (NoSuchFileException e) {
            logger.debug("{} was removed by somebody else", path);
        } catch (IOException e) {
            logger.warn("cannot remove the socket file {}", path, e);
        }
    }

    /** The path that the kernel has for it, and tells those who ask about one of its connections. */
    Path path() {
        return path;
    }

    /** Wraps the socket into a channel that accepts; the channel owns the socket from then on. */
    EpollServerDomainSocketChannel toChannel() {
        // Not bound through Netty, which would delete whatever file is at the path when the channel closes.
        return new EpollServerDomainSocketChannel(socket.intValue(), true);
    }

    private static Object keyOf(Path path) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey(),
                "every Linux file system has inode numbers");
    }

    private static BindException cannotListen(Path path, String why) {
        return new BindException("cannot listen on " + path + ": " + why);
    }

    private static IOException cannotListen(Path path, IOException cause) {
        return new IOException("cannot listen on " + path + ": " + cause.getMessage(), cause);
    }
}
