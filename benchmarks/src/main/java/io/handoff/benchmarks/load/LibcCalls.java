package io.handoff.benchmarks.load;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The calls that Netty's sockets do not have, or not as it takes: making a Netty socket of a descriptor costs another call
 * on it, and a full backlog is told in the text of an exception. They use one piece of native memory that is laid out
 * once, so an instance is for one thread.
 *
 * <p>The constants and the layout of the structures are those of 64-bit Linux, where x86_64 and aarch64 agree.
 */
final class LibcCalls {

    /** Two connected sockets; whoever receives the pair closes both. */
    record Pair(FileDescriptor kept, FileDescriptor passed) {}

    private static final int EAGAIN = 11;
    private static final short AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int TYPE = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    private static final int F_SETFL = 4;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;

    private static final int TOKEN_BYTES = 16;

    // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags.
    private static final int HEADER = 0;
    private static final int HEADER_IOV = HEADER + 16;
    private static final int HEADER_IOV_LENGTH = HEADER + 24;
    private static final int HEADER_CONTROL = HEADER + 32;
    private static final int HEADER_CONTROL_LENGTH = HEADER + 40;
    // struct iovec: base, len.
    private static final int VECTOR = HEADER + 56;
    private static final int VECTOR_LENGTH = VECTOR + 8;
    // struct cmsghdr: len, level, type; then the descriptor and its padding.
    private static final int CONTROL = VECTOR + 16;
    private static final int CONTROL_LEVEL = CONTROL + 8;
    private static final int CONTROL_TYPE = CONTROL + 12;
    private static final int CONTROL_DESCRIPTOR = CONTROL + 16;
    private static final int TOKEN = CONTROL + 24;
    private static final int PAIR = TOKEN + TOKEN_BYTES;
    // struct sockaddr_un: family, path, and the zero that ends it.
    private static final int ADDRESS = PAIR + 8;
    private static final int ADDRESS_PATH = ADDRESS + Short.BYTES;

    static {
        Native.register(LibcCalls.class, Platform.C_LIBRARY_NAME);
    }

    /** Owns what the pointers and the buffer show. */
    private final Memory memory;

    private final ByteBuffer fields;
    private final Pointer header;
    private final Pointer pair;
    private final Pointer address;
    private final int addressLength;

    /** Lays out the memory for connections to one socket file. */
    LibcCalls(Path socket) {
        byte[] path = socket.toString().getBytes(StandardCharsets.UTF_8);
        addressLength = Short.BYTES + path.length + 1;
        memory = new Memory(ADDRESS + addressLength);
        memory.clear();
        fields = memory.getByteBuffer(0, memory.size()).order(ByteOrder.nativeOrder());
        header = memory.share(HEADER);
        pair = memory.share(PAIR);
        address = memory.share(ADDRESS);
        memory.setPointer(HEADER_IOV, memory.share(VECTOR));
        memory.setPointer(HEADER_CONTROL, memory.share(CONTROL));
        memory.setPointer(VECTOR, memory.share(TOKEN));
        fields.putLong(HEADER_IOV_LENGTH, 1)
                .putLong(HEADER_CONTROL_LENGTH, TOKEN - CONTROL)
                .putLong(VECTOR_LENGTH, TOKEN_BYTES)
                .putLong(CONTROL, CONTROL_DESCRIPTOR - CONTROL + Integer.BYTES)
                .putInt(CONTROL_LEVEL, SOL_SOCKET)
                .putInt(CONTROL_TYPE, SCM_RIGHTS)
                .putShort(ADDRESS, AF_UNIX)
                .put(ADDRESS_PATH, path);
    }

    private static native int socket(int domain, int type, int protocol);

    private static native int socketpair(int domain, int type, int protocol, Pointer pair);

    private static native int fcntl(int descriptor, int command, int flags);

    private static native int connect(int socket, Pointer address, int length);

    private static native long sendmsg(int socket, Pointer message, int flags);

    /** Makes a stream socket that does not block. */
    FileDescriptor newSocket() throws IOException {
        int socket = socket(AF_UNIX, TYPE, 0);
        if (socket < 0) {
            throw Errors.newIOException("socket", -Native.getLastError());
        }
        return new FileDescriptor(socket);
    }

    /** Makes two of them, connected with each other. */
    Pair newPair() throws IOException {
        if (socketpair(AF_UNIX, TYPE, 0, pair) < 0) {
            throw Errors.newIOException("socketpair", -Native.getLastError());
        }
        return new Pair(
                new FileDescriptor(fields.getInt(PAIR)), new FileDescriptor(fields.getInt(PAIR + Integer.BYTES)));
    }

    /** Lets a socket block, as a broker does with one that it passes (WIRE §7). */
    void letBlock(FileDescriptor socket) throws IOException {
        if (fcntl(socket.intValue(), F_SETFL, 0) < 0) {
            throw Errors.newIOException("fcntl", -Native.getLastError());
        }
    }

    /**
     * Connects to the socket file.
     *
     * @return false if the backlog is full at present
     */
    boolean connect(FileDescriptor socket) throws IOException {
        if (connect(socket.intValue(), address, addressLength) == 0) {
            return true;
        }
        int errno = Native.getLastError();
        if (errno == EAGAIN) {
            return false;
        }
        throw Errors.newIOException("connect", -errno);
    }

    /** Sends the 16 bytes of a token with a descriptor, which stays open here, on a socket that has room for them. */
    void send(FileDescriptor socket, byte[] token, FileDescriptor passed) throws IOException {
        fields.put(TOKEN, token).putInt(CONTROL_DESCRIPTOR, passed.intValue());
        long sent = sendmsg(socket.intValue(), header, MSG_NOSIGNAL);
        if (sent < 0) {
            throw Errors.newIOException("sendmsg", -Native.getLastError());
        }
        if (sent != TOKEN_BYTES) {
            throw new IOException("sent " + sent + " of the " + TOKEN_BYTES + " bytes of a token");
        }
    }
}
