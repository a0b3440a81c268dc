package io.handoff.netty;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The system calls that Netty does not make, behind one seam that a test can replace. None of them blocks. */
interface SocketCalls {

    /**
     * Binds a Unix-domain socket to a path at which there is nothing (bind(2)). Netty's own bind would first remove what
     * is there.
     *
     * @param path at most 107 bytes long
     * @throws IOException if the call failed: because something is there, for one
     */
    void bind(FileDescriptor socket, Path path) throws IOException;

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
     * Sends bytes with one descriptor on the first of them (sendmsg(2)).
     *
     * @return how many bytes were sent, which may be fewer than given; the descriptor went with the first
     * @throws IOException if the call failed; neither byte nor descriptor was sent then
     */
    int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException;

    /**
     * Sets O_NONBLOCK, which all copies of a descriptor share, in whatever process they are.
     *
     * @return what it was before
     */
    boolean setNonBlocking(FileDescriptor descriptor, boolean nonBlocking) throws IOException;

    /** Opens another number for what is behind a descriptor, close-on-exec (fcntl(2)). */
    OwnedDescriptor duplicate(int descriptor) throws IOException;

    /** Whether an error waits at the socket, such as a reset; unlike SO_ERROR this does not take it away (poll(2)). */
    boolean hasPendingError(FileDescriptor socket) throws IOException;

    /**
     * What one {@code recvmsg} brought. The descriptors are the receiver's to close.
     *
     * @param bytes the data
     * @param descriptors those that the kernel installed: at most two, however many were sent
     * @param controlTruncated whether control messages were lost: more descriptors than two, or no free number for one
     * @param unexpectedControl whether a control message came that is no SCM_RIGHTS
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
