package io.handoff.netty;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** The system calls of a peer that does as it pleases; independent of the calls under test. */
interface Libc extends Library {

    Libc C = Native.load("c", Libc.class);

    int AF_UNIX = 1;
    int AF_INET = 2;
    int SOCK_STREAM = 1;
    int SOCK_DGRAM = 2;
    int SOCK_SEQPACKET = 5;
    int O_NONBLOCK = 0x800;
    int F_GETFL = 3;
    int EINTR = 4;
    int MSG_DONTWAIT = 0x40;
    int MSG_NOSIGNAL = 0x4000;
    int SOL_SOCKET = 1;
    int SO_LINGER = 13;
    int SO_RCVTIMEO = 20;

    int socket(int domain, int type, int protocol);

    int connect(int socket, Pointer address, int length);

    int socketpair(int domain, int type, int protocol, int[] pair);

    int listen(int socket, int backlog);

    int pipe(int[] ends);

    int eventfd(int initial, int flags);

    int epoll_create1(int flags);

    int open(String path, int flags);

    int fcntl(int descriptor, int command, int argument);

    int shutdown(int socket, int how);

    long read(int descriptor, byte[] bytes, long length);

    long write(int descriptor, byte[] bytes, long length);

    long recv(int socket, byte[] bytes, long length, int flags);

    long sendmsg(int socket, Pointer message, int flags);

    int setsockopt(int socket, int level, int option, int[] value, int length);

    int close(int descriptor);

    /** Fails the test where a call failed. */
    static int checked(int result) {
        if (result < 0) {
            throw new AssertionError("a system call of the test failed with errno " + Native.getLastError());
        }
        return result;
    }

    /** A connected pair of Unix-domain sockets. */
    static int[] pair(int type) {
        int[] pair = new int[2];
        checked(C.socketpair(AF_UNIX, type, 0, pair));
        return pair;
    }

    /** Sets an option whose structure is made of 32-bit numbers. */
    static void setOption(int socket, int option, int... value) {
        checked(C.setsockopt(socket, SOL_SOCKET, option, value, Integer.BYTES * value.length));
    }

    /** Returns how many bytes came, or the negative error number. A signal, as a fuzzer sends itself, is none. */
    static long receive(int socket, byte[] buffer, int flags) {
        long read;
        do {
            read = C.recv(socket, buffer, buffer.length, flags);
        } while (read < 0 && Native.getLastError() == EINTR);
        return read < 0 ? -Native.getLastError() : read;
    }

    /** Sends bytes with any number of descriptors in one SCM_RIGHTS message; none if there are none. */
    static void send(int socket, byte[] bytes, int... descriptors) {
        long sent = trySend(socket, bytes, MSG_NOSIGNAL, descriptors);
        if (sent != bytes.length) {
            throw new AssertionError(
                    sent < 0 ? "sendmsg failed with errno " + -sent : "sendmsg sent " + sent + " bytes");
        }
    }

    /** Returns how many bytes were sent, or the negative error number. */
    static long trySend(int socket, byte[] bytes, int flags, int... descriptors) {
        try (Memory header = new Memory(56);
                Memory vector = new Memory(16);
                Memory data = new Memory(Math.max(1, bytes.length));
                Memory control = new Memory(16 + 4L * descriptors.length + 8)) {
            header.clear();
            data.write(0, bytes, 0, bytes.length);
            vector.setPointer(0, data);
            vector.setLong(8, bytes.length);
            header.setPointer(16, vector);
            header.setLong(24, 1);
            if (descriptors.length > 0) {
                control.setLong(0, 16 + 4L * descriptors.length);
                control.setInt(8, 1);
                control.setInt(12, 1);
                control.write(16, descriptors, 0, descriptors.length);
                header.setPointer(32, control);
                header.setLong(40, 16 + (4L * descriptors.length + 7) / 8 * 8);
            }
            long sent = C.sendmsg(socket, header, flags);
            return sent < 0 ? -Native.getLastError() : sent;
        }
    }
}
