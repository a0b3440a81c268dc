package io.handoff.netty.listening;

import io.handoff.netty.descriptor.ListenerIdentity;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.descriptor.SocketPath;
import io.netty.channel.Channel;
import io.netty.channel.unix.Socket;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening Unix-domain socket and its file: one that was passed to this process, whose file is the passer's, or one made
 * here, from before its file exists until that is gone.
 *
 * <p>A stale socket file, at which nobody listens, is replaced; a live one, and anything that is no socket, is left
 * alone. Of several servers that start at one path at the same time, one does: {@link StartLock}. The file has mode 0600 before
 * the first peer can connect, and is removed only while it is still the one made here. Not API.
 */
public final class ListeningSocket {

    private static final int FILE_TYPE_MASK = 0170000;
    private static final int SOCKET_FILE_TYPE = 0140000;

    private static final String IN_USE = "another process listens there";

    private static final Logger logger = LoggerFactory.getLogger(ListeningSocket.class);

    private final Path path;

    /** Null if the file is not ours to remove. */
    private final @Nullable FileIdentity file;

    private final Socket socket;
    private final ListenerIdentity identity;

    /** What takes options from the connections that they must not keep; null if they have been given none. */
    private final @Nullable PassedOptionsHandler optionsTaker;

    private final AtomicBoolean removed = new AtomicBoolean();

    private ListeningSocket(
            Path path,
            @Nullable FileIdentity file,
            Socket socket,
            ListenerIdentity identity,
            @Nullable PassedOptionsHandler optionsTaker) {
        this.path = path;
        this.file = file;
        this.socket = socket;
        this.identity = identity;
        this.optionsTaker = optionsTaker;
    }

    /**
     * Takes the socket that was passed to this process and listens at the path.
     *
     * @param path where it listens
     * @param activation what has been passed
     * @param calls the system calls
     * @return the socket, which listens
     * @throws IOException naming the path and what is wrong
     */
    public static ListeningSocket passed(Path path, SocketActivation activation, SocketCalls calls) throws IOException {
        try {
            Path absolute = path.toAbsolutePath().normalize();
            check(absolute);
            Socket socket = activation.take(absolute, calls);
            try {
                calls.setNonBlocking(socket, true);
                PassedOptionsHandler optionsTaker =
                        PassedOptions.settle(socket, calls) ? new PassedOptionsHandler(calls) : null;
                return new ListeningSocket(
                        absolute, null, socket, ListenerIdentity.ofListening(socket, calls), optionsTaker);
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            throw cannotListen(path, e.getMessage(), e);
        }
    }

    /**
     * Makes a socket that listens at the path.
     *
     * @param path where it is to listen
     * @param calls the system calls
     * @return the socket, which listens
     * @throws IOException naming the path and what is wrong with it; nothing of ours is then left there
     */
    public static ListeningSocket bind(Path path, SocketCalls calls) throws IOException {
        return bind(path, calls, made -> FileIdentity.of(made, LinkOption.NOFOLLOW_LINKS));
    }

    /** Tells which file it is that has been made, and fails as lstat(2) does. */
    interface FileLookup {
        FileIdentity identityOf(Path made) throws IOException;
    }

    /** As above, for a test whose lookup fails. */
    static ListeningSocket bind(Path path, SocketCalls calls, FileLookup lookup) throws IOException {
        try {
            check(path);
            return bindAlone(path, calls, lookup);
        } catch (BindException e) {
            throw cannotListen(path, e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            String obstacle = SocketPath.obstacleToListening(path);
            throw cannotListen(path, obstacle == null ? textOf(e) : obstacle, e);
        }
    }

    private static ListeningSocket bindAlone(Path path, SocketCalls calls, FileLookup lookup) throws IOException {
        try (StartLock lock = StartLock.tryTake(path, calls)) {
            if (lock == null) {
                throw new BindException(IN_USE);
            }
            removeStale(path);
            return bindAt(path, calls, lookup);
        }
    }

    private static void check(Path path) throws BindException {
        String misfit = SocketPath.misfitOf(path);
        if (misfit != null) {
            throw new BindException(misfit);
        }
    }

    private static ListeningSocket bindAt(Path path, SocketCalls calls, FileLookup lookup) throws IOException {
        Socket socket = Socket.newSocketDomain();
        boolean isBound = false;
        try {
            calls.bind(socket, path);
            isBound = true;
            FileIdentity file = lookup.identityOf(path);
            // Until it listens nobody can connect.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            socket.listen(NetUtil.SOMAXCONN);
            return new ListeningSocket(path, file, socket, ListenerIdentity.ofListening(socket, calls), null);
        } catch (IOException | RuntimeException e) {
            if (isBound) {
                deleteAfter(e, path);
            }
            socket.close();
            throw e;
        }
    }

    /** Ours whatever it is called: it was made a moment ago, and whoever else starts here is locked out. */
    private static void deleteAfter(Exception failure, Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static void removeStale(Path path) throws IOException {
        FileIdentity probed;
        try {
            int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & FILE_TYPE_MASK) != SOCKET_FILE_TYPE) {
                throw new BindException("it exists and is no socket");
            }
            probed = FileIdentity.of(path, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        if (isLive(path)) {
            throw new BindException(IN_USE);
        }
        if (probed.equals(FileIdentity.of(path, LinkOption.NOFOLLOW_LINKS))) {
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
            throw new BindException("it may be in use: " + e.getMessage());
        }
    }

    /**
     * Tells whether brokers still find the socket once this process has let go of it.
     *
     * @return whether it was passed to this process
     */
    public boolean isPassed() {
        return file == null;
    }

    /** Removes the file if it is still the one that was made here. Does nothing the second time. */
    public void removeFile() {
        if (file == null || removed.getAndSet(true)) {
            return;
        }
        try {
            if (file.equals(FileIdentity.of(path, LinkOption.NOFOLLOW_LINKS))) {
                Files.delete(path);
            }
        } catch (NoSuchFileException e) {
            logger.debug("{} was removed by somebody else", path);
        } catch (IOException e) {
            logger.warn("cannot remove the socket file {}", path, e);
        }
    }

    /**
     * Tells where it is.
     *
     * @return the path that the kernel has for it
     */
    public Path path() {
        return path;
    }

    /**
     * Tells how its connections know it.
     *
     * @return its identity
     */
    public ListenerIdentity identity() {
        return identity;
    }

    /**
     * Wraps the socket into a channel that accepts.
     *
     * @param connections makes the channel of a connection of its descriptor
     * @return the channel, which owns the socket from then on
     */
    public ListeningChannel toChannel(IntFunction<Channel> connections) {
        ListeningChannel channel = new ListeningChannel(socket, connections);
        if (optionsTaker != null) {
            channel.pipeline().addFirst(optionsTaker);
        }
        return channel;
    }

    /** Gives it up before there is a channel. */
    public void discard() {
        removeFile();
        try {
            socket.close();
        } catch (IOException e) {
            logger.warn("closing the socket of {} failed", path, e);
        }
    }

    /** A failure of the JDK's has the path alone for its message, as a rule. */
    private static @Nullable String textOf(Exception e) {
        return e instanceof FileSystemException ? e.toString() : e.getMessage();
    }

    private static IOException cannotListen(Path path, @Nullable String why, Exception cause) {
        String text = "cannot listen on " + path + ": " + why;
        return cause instanceof BindException ? new BindException(text) : new IOException(text, cause);
    }
}
