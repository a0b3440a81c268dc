package io.handoff.netty;

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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls in libc, through JNA. The only class that calls native code.
 *
 * <p>The constants and the layout of the structures are those of 64-bit Linux, where x86_64 and aarch64 agree.
 */
final class LibcSocketCalls implements SocketCalls {

    static final LibcSocketCalls INSTANCE = new LibcSocketCalls();

    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final short AF_UNIX = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int O_NONBLOCK = 0x800;
    private static final int POLLERR = 0x8;

    private static final FastThreadLocal<Message> MESSAGE = new FastThreadLocal<>() {
        @Override
        protected Message initialValue() {
            return new Message();
        }
    };

    static {
        Native.register(LibcSocketCalls.class, Platform.C_LIBRARY_NAME);
    }

    private LibcSocketCalls() {}

    private static native int bind(int socket, Pointer address, int length);

    private static native long recvmsg(int socket, Pointer message, int flags);

    private static native long sendmsg(int socket, Pointer message, int flags);

    private static native int fcntl(int descriptor, int command, int argument);

    private static native int poll(Pointer descriptors, long count, int timeoutMillis);

    @Override
    public void bind(FileDescriptor socket, Path path) throws IOException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
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
    public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
        Message message = MESSAGE.get();
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
    public int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException {
        Message message = MESSAGE.get();
        message.prepareToSend(bytes, passed.intValue());
        long result;
        int errno;
        do {
            result = sendmsg(socket.intValue(), message.header, MSG_DONTWAIT | MSG_NOSIGNAL);
            errno = Native.getLastError();
        } while (result < 0 && errno == EINTR);
        if (result < 0) {
            throw Errors.newIOException("sendmsg", -errno);
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
    public OwnedDescriptor duplicate(int descriptor) throws IOException {
        return new OwnedDescriptor(checked("fcntl", fcntl(descriptor, F_DUPFD_CLOEXEC, 0)));
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

    private static int checked(String call, int result) throws IOException {
        if (result < 0) {
            throw Errors.newIOException(call, -Native.getLastError());
        }
        return result;
    }

    /** The memory of one {@code struct msghdr} and what it points to; each thread has one and uses it again. */
    private static final class Message {
        private static final int DATA_BYTES = HandoffToken.BYTES;

        // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags.
        private static final int HEADER_BYTES = 56;
        private static final int IOV = 16;
        private static final int IOV_LENGTH = 24;
        private static final int CONTROL = 32;
        private static final int CONTROL_LENGTH = 40;
        private static final int FLAGS = 48;

        // struct cmsghdr: len, level, type, and the data after it; each starts at a multiple of 8.
        private static final int CONTROL_HEADER_BYTES = 16;
        private static final int CONTROL_LEVEL = 8;
        private static final int CONTROL_TYPE = 12;
        private static final int CONTROL_BYTES = CONTROL_HEADER_BYTES + Received.MAX_DESCRIPTORS * Integer.BYTES;

        final Memory header = new Memory(HEADER_BYTES);
        private final Memory vector = new Memory(2L * Long.BYTES);
        private final Memory data = new Memory(DATA_BYTES);
        private final Memory control = new Memory(CONTROL_BYTES);

        Message() {
            header.clear();
            header.setPointer(IOV, vector);
            header.setLong(IOV_LENGTH, 1);
            header.setPointer(CONTROL, control);
            vector.setPointer(0, data);
        }

        void prepareToReceive(int maxBytes) {
            vector.setLong(Long.BYTES, Math.min(maxBytes, DATA_BYTES));
            header.setLong(CONTROL_LENGTH, CONTROL_BYTES);
            header.setInt(FLAGS, 0);
        }

        void prepareToSend(byte[] bytes, int passed) {
            data.write(0, bytes, 0, bytes.length);
            vector.setLong(Long.BYTES, bytes.length);
            control.setLong(0, CONTROL_HEADER_BYTES + Integer.BYTES);
            control.setInt(CONTROL_LEVEL, SOL_SOCKET);
            control.setInt(CONTROL_TYPE, SCM_RIGHTS);
            control.setInt(CONTROL_HEADER_BYTES, passed);
            // With the padding to a multiple of 8.
            header.setLong(CONTROL_LENGTH, CONTROL_HEADER_BYTES + Long.BYTES);
            header.setInt(FLAGS, 0);
        }

        Received received(int length) {
            List<OwnedDescriptor> descriptors = new ArrayList<>(1);
            boolean unexpectedControl = false;
            long controlLength = header.getLong(CONTROL_LENGTH);
            for (long start = 0; start + CONTROL_HEADER_BYTES <= controlLength; start = next(start)) {
                boolean isRights = control.getInt(start + CONTROL_LEVEL) == SOL_SOCKET
                        && control.getInt(start + CONTROL_TYPE) == SCM_RIGHTS;
                unexpectedControl |= !isRights;
                long end = start + control.getLong(start);
                for (long number = start + CONTROL_HEADER_BYTES;
                        isRights && number + Integer.BYTES <= end;
                        number += Integer.BYTES) {
                    descriptors.add(new OwnedDescriptor(control.getInt(number)));
                }
            }
            boolean truncated = (header.getInt(FLAGS) & MSG_CTRUNC) != 0;
            return new Received(data.getByteArray(0, length), descriptors, truncated, unexpectedControl);
        }

        private long next(long start) {
            long length = control.getLong(start);
            return start + (length + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
        }
    }
}
