package io.handoff.testkit;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The system calls of this package.
 *
 * <p>The constants and the layout of the structures are those of 64-bit Linux, where x86_64 and aarch64 agree.
 */
final class Libc {

    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_STREAM = 1;
    static final int NON_BLOCKING = 0x800;
    static final int CLOSE_ON_EXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_LINGER = 13;
    static final int SHUT_RD = 0;
    static final int SHUT_WR = 1;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    static final short POLLIN = 1;
    static final short POLLOUT = 4;
    private static final int ECONNRESET = 104;

    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int PATIENCE_SECONDS = 30;

    /** How often a thread that waits looks whether it has been interrupted. */
    private static final int LOOK_UP_MILLIS = 50;

    static {
        Native.register(Libc.class, Platform.C_LIBRARY_NAME);
    }

    private Libc() {}

    static native int socket(int domain, int type, int protocol);

    static native int socketpair(int domain, int type, int protocol, int[] pair);

    static native int connect(int socket, byte[] address, int length);

    static native int bind(int socket, byte[] address, int length);

    static native int listen(int socket, int backlog);

    static native int accept4(int socket, Pointer address, Pointer length, int flags);

    static native int getsockname(int socket, byte[] address, int[] length);

    static native int setsockopt(int socket, int level, int option, int[] value, int length);

    static native int shutdown(int socket, int how);

    static native long recv(int socket, byte[] bytes, long length, int flags);

    static native long recvmsg(int socket, Pointer message, int flags);

    static native long sendmsg(int socket, Pointer message, int flags);

    static native int close(int descriptor);

    static native int kill(int process, int signal);

    private static native int poll(Pointer descriptors, long count, int timeoutMillis);

    private static native String strerror(int errno);

    /** Returns what a call has returned, or throws what it has failed with. */
    static int checked(String call, int result) throws IOException {
        if (result < 0) {
            throw failure(call, Native.getLastError());
        }
        return result;
    }

    private static IOException failure(String call, int errno) {
        return new IOException(call + " failed: " + strerror(errno));
    }

    /** A connection that the other end has closed with bytes unread. */
    static final class ConnectionResetException extends IOException {
        private static final long serialVersionUID = 1;

        ConnectionResetException(String call) {
            super(call + " failed: " + strerror(ECONNRESET));
        }
    }

    /**
     * Makes a call that does not wait.
     *
     * @return its result, or a negative number if it would have to wait
     */
    static int attempt(String call, LongSupplier attempt) throws IOException {
        long result;
        int errno;
        do {
            result = attempt.getAsLong();
            errno = Native.getLastError();
        } while (result < 0 && errno == EINTR);
        if (result >= 0 || errno == EAGAIN) {
            return (int) result;
        }
        if (errno == ECONNRESET) {
            throw new ConnectionResetException(call);
        }
        throw failure(call, errno);
    }

    /**
     * Makes such a call until it has a result. What waits is {@code poll}, whether the descriptor blocks or not: its mode is
     * shared with whoever else holds the connection. And it can be interrupted.
     */
    static int await(int descriptor, short event, String call, LongSupplier attempt) throws IOException {
        long start = System.nanoTime();
        while (true) {
            int result = attempt(call, attempt);
            if (result >= 0) {
                return result;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException(call + " was interrupted");
            }
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                throw new SocketTimeoutException(call + " has waited for " + PATIENCE_SECONDS + " s");
            }
            // struct pollfd: int fd; short events; short revents.
            try (Memory pollfd = new Memory(8)) {
                pollfd.setInt(0, descriptor);
                pollfd.setInt(4, event);
                poll(pollfd, 1, LOOK_UP_MILLIS);
            }
        }
    }
}
