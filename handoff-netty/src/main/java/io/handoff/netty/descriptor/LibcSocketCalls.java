package io.handoff.netty.descriptor;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls in libc, through JNA. The only class that calls native code.
 *
 * <p>The constants and the layout of the structures are those of 64-bit Linux, where x86_64 and aarch64 agree.
 */
public final class LibcSocketCalls implements SocketCalls {

    public static final LibcSocketCalls INSTANCE = new LibcSocketCalls();

    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int ENOTCONN = 107;
    private static final short AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int MSG_PEEK = 0x2;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_ERRQUEUE = 0x2000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_RDWR = 0x2;
    private static final int O_CREAT = 0x40;
    private static final int O_CLOEXEC = 0x80000;
    private static final int MFD_CLOEXEC = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int OWNER_ONLY = 0600;
    private static final int POLLERR = 0x8;
    private static final long FIONREAD = 0x541B;

    /** Not the same everywhere, unlike the others. */
    private static final int O_NOFOLLOW = Platform.isARM() ? 0x8000 : 0x20000;

    private static final FastThreadLocal<SocketMessage> MESSAGE = new FastThreadLocal<>() {
        @Override
        protected SocketMessage initialValue() {
            return new SocketMessage();
        }
    };

    private static final FastThreadLocal<SocketAnswer> ANSWER = new FastThreadLocal<>() {
        @Override
        protected SocketAnswer initialValue() {
            return new SocketAnswer();
        }
    };

    static {
        Native.register(LibcSocketCalls.class, Platform.C_LIBRARY_NAME);
    }

    private LibcSocketCalls() {}

    private static native int socket(int domain, int type, int protocol);

    private static native int bind(int socket, Pointer address, int length);

    private static native long recvmsg(int socket, Pointer message, int flags);

    private static native long sendmsg(int socket, Pointer message, int flags);

    private static native long send(int socket, byte[] bytes, long length, int flags);

    private static native long recv(int socket, byte[] bytes, long length, int flags);

    private static native int ioctl(int descriptor, long request, Pointer argument);

    private static native int fcntl(int descriptor, int command, int argument);

    private static native int open(byte[] path, int flags, int mode);

    private static native int memfd_create(String name, int flags);

    private static native int flock(int descriptor, int operation);

    private static native int getsockopt(int socket, int level, int option, Pointer value, Pointer length);

    private static native int setsockopt(int socket, int level, int option, Pointer value, int length);

    private static native int getsockname(int socket, Pointer address, Pointer length);

    private static native int getpeername(int socket, Pointer address, Pointer length);

    private static native int poll(Pointer descriptors, long count, int timeoutMillis);

    @Override
    public OwnedDescriptor newUnixSocket() throws IOException {
        return new OwnedDescriptor(checked("socket", socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
    }

    @Override
    public void bind(FileDescriptor socket, Path path) throws IOException {
        byte[] name = SocketPath.bytesOf(path);
        // struct sockaddr_un: sa_family_t, which has two bytes, and the path, which ends with a zero.
        int length = Short.BYTES + name.length + 1;
        try (Memory address = new Memory(length)) {
            address.clear();
            address.setShort(0, AF_UNIX);
            address.write(Short.BYTES, name, 0, name.length);
            checked("bind", bind(socket.intValue(), address, length));
        }
    }

    @Override
    public @Nullable FileDescriptor lock(Path file) throws IOException {
        byte[] name = (file + "\0").getBytes(StandardCharsets.UTF_8);
        int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
        FileDescriptor opened = new FileDescriptor(checked("open", open(name, flags, OWNER_ONLY)));
        if (flock(opened.intValue(), LOCK_EX | LOCK_NB) == 0) {
            return opened;
        }
        int errno = Native.getLastError();
        opened.close();
        if (errno == EAGAIN) {
            return null;
        }
        throw Errors.newIOException("flock", -errno);
    }

    @Override
    public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
        SocketMessage message = MESSAGE.get();
        message.prepareToReceive(maxBytes);
        long result;
        int errno;
        do {
            result = recvmsg(socket.intValue(), message.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
            errno = Native.getLastError();
        } while (result < 0 && errno == EINTR);
        if (result < 0) {
            if (errno == EAGAIN) {
                return null;
            }
            throw Errors.newIOException("recvmsg", -errno);
        }
        return message.received((int) result);
    }

    @Override
    public int readable(FileDescriptor socket) throws IOException {
        SocketAnswer answer = ANSWER.get();
        checked("ioctl", ioctl(socket.intValue(), FIONREAD, answer.value));
        return answer.value.getInt(0);
    }

    @Override
    public int peek(FileDescriptor socket, byte[] into) throws IOException {
        long result;
        int errno;
        do {
            result = recv(socket.intValue(), into, into.length, MSG_PEEK | MSG_DONTWAIT);
            errno = Native.getLastError();
        } while (result < 0 && errno == EINTR);
        if (result < 0 && errno == EAGAIN) {
            return 0;
        }
        if (result < 0) {
            throw Errors.newIOException("recv", -errno);
        }
        return result == 0 ? -1 : (int) result;
    }

    @Override
    public int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException {
        SocketMessage message = MESSAGE.get();
        message.prepareToSend(bytes, passed.intValue());
        return sent("sendmsg", () -> sendmsg(socket.intValue(), message.header, MSG_DONTWAIT | MSG_NOSIGNAL));
    }

    @Override
    public int send(FileDescriptor socket, byte[] bytes) throws IOException {
        return sent("send", () -> send(socket.intValue(), bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL));
    }

    private static int sent(String name, LongSupplier call) throws IOException {
        long result;
        int errno;
        do {
            result = call.getAsLong();
            errno = Native.getLastError();
        } while (result < 0 && errno == EINTR);
        if (result < 0 && errno == EAGAIN) {
            return 0;
        }
        if (result < 0) {
            throw Errors.newIOException(name, -errno);
        }
        return (int) result;
    }

    @Override
    public boolean setNonBlocking(FileDescriptor descriptor, boolean nonBlocking) throws IOException {
        int flags = checked("fcntl", fcntl(descriptor.intValue(), F_GETFL, 0));
        boolean before = (flags & O_NONBLOCK) != 0;
        if (before != nonBlocking) {
            checked("fcntl", fcntl(descriptor.intValue(), F_SETFL, flags ^ O_NONBLOCK));
        }
        return before;
    }

    @Override
    public OwnedDescriptor newMemoryFile(String name) throws IOException {
        return new OwnedDescriptor(checked("memfd_create", memfd_create(name, MFD_CLOEXEC)));
    }

    @Override
    public OwnedDescriptor duplicate(int descriptor) throws IOException {
        return new OwnedDescriptor(checked("fcntl", fcntl(descriptor, F_DUPFD_CLOEXEC, 0)));
    }

    @Override
    public int option(FileDescriptor socket, int option) throws IOException {
        SocketAnswer answer = ANSWER.get();
        answer.length.setInt(0, Integer.BYTES);
        checked("getsockopt", getsockopt(socket.intValue(), SOL_SOCKET, option, answer.value, answer.length));
        return answer.value.getInt(0);
    }

    @Override
    public void setOption(FileDescriptor socket, int option, int value) throws IOException {
        SocketAnswer answer = ANSWER.get();
        answer.value.setInt(0, value);
        checked("setsockopt", setsockopt(socket.intValue(), SOL_SOCKET, option, answer.value, Integer.BYTES));
    }

    @Override
    public Address localAddress(FileDescriptor socket) throws IOException {
        SocketAnswer answer = ANSWER.get();
        answer.length.setInt(0, SocketAnswer.MAX_BYTES);
        checked("getsockname", getsockname(socket.intValue(), answer.value, answer.length));
        return answer.address();
    }

    @Override
    public @Nullable Address remoteAddress(FileDescriptor socket) throws IOException {
        SocketAnswer answer = ANSWER.get();
        answer.length.setInt(0, SocketAnswer.MAX_BYTES);
        if (getpeername(socket.intValue(), answer.value, answer.length) < 0) {
            int errno = Native.getLastError();
            if (errno == ENOTCONN) {
                return null;
            }
            throw Errors.newIOException("getpeername", -errno);
        }
        return answer.address();
    }

    @Override
    public boolean hasPendingError(FileDescriptor socket) throws IOException {
        // struct pollfd: int fd; short events; short revents. Errors are told without being asked for.
        try (Memory pollfd = new Memory(8)) {
            pollfd.setInt(0, socket.intValue());
            pollfd.setInt(4, 0);
            checked("poll", poll(pollfd, 1, 0));
            return (pollfd.getShort(6) & POLLERR) != 0;
        }
    }

    @Override
    public boolean discardQueuedError(FileDescriptor socket) throws IOException {
        SocketMessage message = MESSAGE.get();
        message.prepareToReceive(1);
        if (recvmsg(socket.intValue(), message.header, MSG_DONTWAIT | MSG_ERRQUEUE) >= 0) {
            return true;
        }
        int errno = Native.getLastError();
        if (errno == EAGAIN || errno == EINTR) {
            return false;
        }
        throw Errors.newIOException("recvmsg", -errno);
    }

    private static int checked(String call, int result) throws IOException {
        if (result < 0) {
            throw Errors.newIOException(call, -Native.getLastError());
        }
        return result;
    }
}
