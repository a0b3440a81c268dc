package io.handoff.netty.descriptor;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The system calls that Netty does not make, behind one seam that a test can replace. None of them blocks. */
public interface SocketCalls {

    /** How many bytes one descriptor can be sent with. */
    int MAX_BYTES_WITH_DESCRIPTOR = 128;

    /**
     * Makes a Unix-domain stream socket, non-blocking and close-on-exec (socket(2)). Netty makes one, too, but leaves it open where it
     * then cannot ask for its name.
     *
     * @return the socket, to make a channel of
     * @throws IOException if the call failed
     */
    OwnedDescriptor newUnixSocket() throws IOException;

    /**
     * Binds a Unix-domain socket to a path at which there is nothing (bind(2)). Netty's own bind would first remove what
     * is there.
     *
     * @param path at most 107 bytes long
     * @throws IOException if the call failed: because something is there, for one
     */
    void bind(FileDescriptor socket, Path path) throws IOException;

    /**
     * Opens a file, making an empty one of mode 0600 if there is none, and locks it until the descriptor is closed, against
     * other descriptors of this process, too (flock(2)). Does not follow a link.
     *
     * @return the descriptor, which is the caller's to close; null if the file is locked already
     * @throws IOException if the file could not be opened or locked
     */
    @Nullable
    FileDescriptor lock(Path file) throws IOException;

    /**
     * Receives bytes together with the control messages on them (recvmsg(2)), close-on-exec.
     *
     * @param maxBytes how many bytes at most
     * @return what came, with no bytes at the end of the stream; null if nothing is there yet
     * @throws IOException if the call failed; nothing was received then
     */
    @Nullable
    Received receive(FileDescriptor socket, int maxBytes) throws IOException;

    /**
     * Asks how many bytes of a stream socket can be read at once (ioctl(2) with FIONREAD).
     *
     * @return how many; zero, too, at the end of the stream and where an error waits
     * @throws IOException if the call failed
     */
    int readable(FileDescriptor socket) throws IOException;

    /**
     * Copies the first bytes that wait at a socket, and leaves them there (recv(2) with MSG_PEEK).
     *
     * @param into what they are copied to, from its beginning; its length is how many at most
     * @return how many were copied; -1 at the end of the stream; zero if nothing is there yet
     * @throws IOException if the call failed: because the connection was reset, for one
     */
    int peek(FileDescriptor socket, byte[] into) throws IOException;

    /**
     * Sends bytes with one descriptor on the first of them (sendmsg(2)).
     *
     * @param bytes {@value #MAX_BYTES_WITH_DESCRIPTOR} at most
     * @return how many bytes were sent, which may be fewer than given; the descriptor went with the first. Zero if there
     *     is no room: nothing was sent then
     * @throws IOException if the call failed; neither byte nor descriptor was sent then
     */
    int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException;

    /**
     * Sends bytes, and does not wait for room whether O_NONBLOCK is set or not (send(2) with MSG_DONTWAIT).
     *
     * @return how many bytes were sent, which may be fewer than given; zero if there is no room
     * @throws IOException if the call failed; nothing was sent then
     */
    int send(FileDescriptor socket, byte[] bytes) throws IOException;

    /**
     * Sets O_NONBLOCK, which all copies of a descriptor share, in whatever process they are.
     *
     * @return what it was before
     */
    boolean setNonBlocking(FileDescriptor descriptor, boolean nonBlocking) throws IOException;

    /**
     * Makes an empty file that is nowhere but in memory, for as long as somebody has a descriptor of it, close-on-exec (memfd_create(2)).
     *
     * @param name what it is called in proc(5), in ASCII
     * @throws IOException if the call failed
     */
    OwnedDescriptor newMemoryFile(String name) throws IOException;

    /** Opens another number for what is behind a descriptor, close-on-exec (fcntl(2)). */
    OwnedDescriptor duplicate(int descriptor) throws IOException;

    /** Asks for an option of the socket level that is a number (getsockopt(2)). */
    int option(FileDescriptor socket, int option) throws IOException;

    /**
     * Sets an option of the socket level that is a number (setsockopt(2)). Netty sets options, too, but does not tell why it could
     * not.
     */
    void setOption(FileDescriptor socket, int option, int value) throws IOException;

    /** Asks what a socket is bound to (getsockname(2)). */
    Address localAddress(FileDescriptor socket) throws IOException;

    /**
     * Asks what a socket is connected to (getpeername(2)).
     *
     * @return the address; null if the socket is not connected
     */
    @Nullable
    Address remoteAddress(FileDescriptor socket) throws IOException;

    /** Whether an error waits at the socket, such as a reset; unlike SO_ERROR this does not take it away (poll(2)). */
    boolean hasPendingError(FileDescriptor socket) throws IOException;

    /**
     * Takes one entry out of a socket's error queue (recvmsg(2) with MSG_ERRQUEUE).
     *
     * @return whether there was one
     */
    boolean discardQueuedError(FileDescriptor socket) throws IOException;

    /**
     * The address of a socket.
     *
     * @param family its address family
     * @param unixName the name of a Unix-domain socket, empty if it has none; of any other family null
     * @param internet the address and port of a socket of AF_INET or AF_INET6; of any other family null
     */
    record Address(
            int family, @Nullable String unixName, @Nullable InetSocketAddress internet) {}

    /**
     * What one {@code recvmsg} brought. The descriptors are the receiver's to close.
     *
     * @param bytes the data
     * @param descriptors those that the kernel installed: at most two, however many were sent
     * @param controlTruncated whether control messages were lost: more descriptors than two, or no free number for one,
     *     or one that a security module denies
     * @param unexpectedControl whether a control message came that is no SCM_RIGHTS; a descriptor in it, of SCM_PIDFD, has
     *     been closed
     */
    record Received(
            @SuppressWarnings("ArrayRecordComponent") byte[] bytes, // Never compared.
            List<OwnedDescriptor> descriptors,
            boolean controlTruncated,
            boolean unexpectedControl) {

        /** Room for one more than is wanted: what is surplus can then be told from what was lost. */
        static final int MAX_DESCRIPTORS = 2;
    }
}
