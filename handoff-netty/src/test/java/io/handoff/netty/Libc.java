package io.handoff.netty;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.handoff.testkit.BlockingSocket;
import io.netty.channel.unix.FileDescriptor;
import java.util.List;

/** The system calls for descriptors that are of no connection, and for what is seen of a descriptor. */
public interface Libc extends Library {

    Libc C = Native.load("c", Libc.class);

    int AF_UNIX = 1;
    int AF_INET = 2;
    int SOCK_STREAM = 1;
    int SOCK_DGRAM = 2;
    int SOCK_SEQPACKET = 5;
    int O_NONBLOCK = 0x800;
    int MSG_PEEK = 2;
    int F_GETFL = 3;
    int F_SETFL = 4;

    int socket(int domain, int type, int protocol);

    int socketpair(int domain, int type, int protocol, int[] pair);

    int listen(int socket, int backlog);

    int pipe(int[] ends);

    int eventfd(int initial, int flags);

    int epoll_create1(int flags);

    int epoll_ctl(int instance, int operation, int descriptor, Pointer event);

    int open(String path, int flags);

    int fcntl(int descriptor, int command, int argument);

    int dup(int descriptor);

    int dup2(int descriptor, int number);

    int shutdown(int socket, int how);

    long recv(int socket, byte[] into, long length, int flags);

    long read(int descriptor, byte[] bytes, long length);

    int close(int descriptor);

    /** Fails the test where a call failed. */
    static int checked(int result) {
        if (result < 0) {
            throw new AssertionError("a system call of the test failed with errno " + Native.getLastError());
        }
        return result;
    }

    /** A connected pair of Unix-domain sockets of any type. */
    static List<BlockingSocket> pair(int type) {
        int[] pair = new int[2];
        checked(C.socketpair(AF_UNIX, type, 0, pair));
        return List.of(BlockingSocket.of(pair[0]), BlockingSocket.of(pair[1]));
    }

    /** Whether the mode is set that all copies of a descriptor share. */
    static boolean isNonBlocking(BlockingSocket socket) {
        return isNonBlocking(socket.descriptor());
    }

    /** The same of a channel's. */
    static boolean isNonBlocking(FileDescriptor descriptor) {
        return isNonBlocking(descriptor.intValue());
    }

    private static boolean isNonBlocking(int descriptor) {
        return (checked(C.fcntl(descriptor, F_GETFL, 0)) & O_NONBLOCK) != 0;
    }

    static void setNonBlocking(BlockingSocket socket, boolean nonBlocking) {
        checked(C.fcntl(socket.descriptor(), F_SETFL, nonBlocking ? O_NONBLOCK : 0));
    }
}
