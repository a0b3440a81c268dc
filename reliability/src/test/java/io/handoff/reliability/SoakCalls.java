package io.handoff.reliability;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The system calls of a broker that does as it pleases, and waits for what it wants: nothing of the library under test.
 *
 * <p>The constants and the layout of the structures are those of 64-bit Linux, where x86_64 and aarch64 agree.
 */
final class SoakCalls {

    private static final int EINTR = 4;
    private static final int ECONNRESET = 104;
    private static final short AF_UNIX = 1;
    private static final short AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_LINGER = 13;
    private static final int SO_RCVTIMEO = 20;
    private static final int SCM_RIGHTS = 1;
    private static final int SHUT_WR = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int BACKLOG = 64;

    /** struct sockaddr_in: family, port, address, eight bytes of nothing. */
    private static final int INTERNET_ADDRESS_BYTES = 16;

    // One piece of memory with struct msghdr, struct iovec, struct cmsghdr with its descriptors, and the data.
    private static final int VECTOR = 56;
    private static final int CONTROL = VECTOR + 16;
    private static final int CONTROL_HEADER_BYTES = 16;

    static {
        Native.register(SoakCalls.class, Platform.C_LIBRARY_NAME);
    }

    private SoakCalls() {}

    private static native int socket(int domain, int type, int protocol);

    private static native int socketpair(int domain, int type, int protocol, int[] pair);

    private static native int eventfd(int initial, int flags);

    private static native int connect(int socket, byte[] address, int length);

    private static native int bind(int socket, byte[] address, int length);

    private static native int listen(int socket, int backlog);

    private static native int getsockname(int socket, byte[] address, int[] length);

    private static native int accept4(int socket, Pointer address, Pointer length, int flags);

    private static native int setsockopt(int socket, int level, int option, long[] value, int length);

    private static native int shutdown(int socket, int how);

    private static native long read(int descriptor, byte[] bytes, long length);

    private static native long sendmsg(int socket, Pointer message, int flags);

    private static native int close(int descriptor);

    static int newUnixSocket() throws IOException {
        return checked("socket", socket(AF_UNIX, SOCK_STREAM | CLOSE_ON_EXEC, 0));
    }

    static int newTcpSocket() throws IOException {
        return checked("socket", socket(AF_INET, SOCK_STREAM | CLOSE_ON_EXEC, 0));
    }

    static int[] newPair() throws IOException {
        int[] pair = new int[2];
        checked("socketpair", socketpair(AF_UNIX, SOCK_STREAM | CLOSE_ON_EXEC, 0, pair));
        return pair;
    }

    static int newEventCounter() throws IOException {
        return checked("eventfd", eventfd(0, CLOSE_ON_EXEC));
    }

    static byte[] unixAddress(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Short.BYTES + name.length + 1)
                .order(ByteOrder.nativeOrder())
                .putShort(AF_UNIX)
                .put(name)
                .array();
    }

    /** Has a socket listen on a port of the loopback interface, and returns the address to connect to. */
    static byte[] listenOnLoopback(int socket) throws IOException {
        byte[] address = ByteBuffer.allocate(INTERNET_ADDRESS_BYTES)
                .order(ByteOrder.nativeOrder())
                .putShort(AF_INET)
                .putShort((short) 0)
                .put(new byte[] {127, 0, 0, 1})
                .array();
        checked("bind", bind(socket, address, address.length));
        checked("listen", listen(socket, BACKLOG));
        checked("getsockname", getsockname(socket, address, new int[] {address.length}));
        return address;
    }

    static void connect(int socket, byte[] address) throws IOException {
        checked("connect", connect(socket, address, address.length));
    }

    static int accept(int listening) throws IOException {
        return checked("accept4", accept4(listening, Pointer.NULL, Pointer.NULL, CLOSE_ON_EXEC));
    }

    /** Lets reading fail that has to wait for longer. */
    static void setPatience(int socket, long seconds) throws IOException {
        // struct timeval: seconds, microseconds.
        checked("setsockopt", setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, new long[] {seconds, 0}, 2 * Long.BYTES));
    }

    /** Lets a TCP connection be reset when it is closed. */
    static void lingerForNothing(int socket) throws IOException {
        // struct linger, two ints: on, and zero seconds.
        checked("setsockopt", setsockopt(socket, SOL_SOCKET, SO_LINGER, new long[] {1}, Long.BYTES));
    }

    static void shutdownOutput(int socket) throws IOException {
        checked("shutdown", shutdown(socket, SHUT_WR));
    }

    /** Reads what there is, or waits for something; nothing at the end, for which a reset counts, too. */
    static int read(int descriptor, byte[] bytes) throws IOException {
        long read;
        do {
            read = read(descriptor, bytes, bytes.length);
        } while (read < 0 && Native.getLastError() == EINTR);
        if (read < 0 && Native.getLastError() == ECONNRESET) {
            return 0;
        }
        return checked("read", (int) read);
    }

    /** Sends all the bytes at once, with any number of descriptors on the first one. */
    static void send(int socket, byte[] bytes, int... descriptors) throws IOException {
        int controlBytes = descriptors.length == 0
                ? 0
                : CONTROL_HEADER_BYTES
                        + (descriptors.length * Integer.BYTES + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
        int data = CONTROL + controlBytes;
        try (Memory memory = new Memory(data + Math.max(1L, bytes.length))) {
            memory.clear();
            memory.setPointer(16, memory.share(VECTOR));
            memory.setLong(24, 1);
            memory.setPointer(VECTOR, memory.share(data));
            memory.setLong(VECTOR + 8, bytes.length);
            memory.write(data, bytes, 0, bytes.length);
            if (descriptors.length > 0) {
                memory.setPointer(32, memory.share(CONTROL));
                memory.setLong(40, controlBytes);
                memory.setLong(CONTROL, CONTROL_HEADER_BYTES + (long) descriptors.length * Integer.BYTES);
                memory.setInt(CONTROL + 8, SOL_SOCKET);
                memory.setInt(CONTROL + 12, SCM_RIGHTS);
                memory.write(CONTROL + CONTROL_HEADER_BYTES, descriptors, 0, descriptors.length);
            }
            int sent = checked("sendmsg", (int) sendmsg(socket, memory, MSG_NOSIGNAL));
            if (sent != bytes.length) {
                throw new IOException("sent " + sent + " of " + bytes.length + " bytes");
            }
        }
    }

    static void closeDescriptor(int descriptor) throws IOException {
        checked("close", close(descriptor));
    }

    private static int checked(String call, int result) throws IOException {
        if (result < 0) {
            throw new IOException(call + " failed with errno " + Native.getLastError());
        }
        return result;
    }
}
