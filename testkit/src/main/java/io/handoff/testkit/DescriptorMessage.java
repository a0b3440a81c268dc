package io.handoff.testkit;

import com.sun.jna.Memory;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One message of {@code sendmsg} or {@code recvmsg}: bytes, and descriptors on the first of them.
 *
 * @param bytes what came; nothing at the end of the stream
 * @param descriptors what came with it, which the receiver closes
 */
record DescriptorMessage(
        @SuppressWarnings("ArrayRecordComponent") byte[] bytes, List<BlockingSocket> descriptors) {

    /** The most that the kernel takes in one message, SCM_MAX_FD. */
    private static final int MOST_DESCRIPTORS = 253;

    private static final int SCM_RIGHTS = 1;

    // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags.
    private static final int HEADER_BYTES = 56;
    private static final int IOV = 16;
    private static final int IOV_LENGTH = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    // struct iovec: base, len.
    private static final int VECTOR_BYTES = 16;
    // struct cmsghdr: len, level, type, and the descriptors after it.
    private static final int CONTROL_HEADER_BYTES = 16;

    /** Sends as many of the bytes as there is room for, one at least, and returns how many. */
    static int send(int socket, byte[] bytes, int... descriptors) throws IOException {
        try (Memory message = message(bytes, descriptors)) {
            return Libc.await(socket, Libc.POLLOUT, "sendmsg", () -> send(socket, message));
        }
    }

    /** Sends as many as there is room for, and returns how many; a negative number for none. */
    static int sendNow(int socket, byte[] bytes, int... descriptors) throws IOException {
        try (Memory message = message(bytes, descriptors)) {
            return Libc.attempt("sendmsg", () -> send(socket, message));
        }
    }

    private static long send(int socket, Memory message) {
        return Libc.sendmsg(socket, message, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
    }

    private static Memory message(byte[] bytes, int... descriptors) {
        int controlBytes = descriptors.length == 0 ? 0 : controlBytes(descriptors.length);
        Memory memory = new Memory(HEADER_BYTES + VECTOR_BYTES + controlBytes + Math.max(1L, bytes.length));
        lay(memory, controlBytes, bytes.length);
        memory.write(HEADER_BYTES + VECTOR_BYTES + controlBytes, bytes, 0, bytes.length);
        if (descriptors.length > 0) {
            int control = HEADER_BYTES + VECTOR_BYTES;
            memory.setLong(control, CONTROL_HEADER_BYTES + (long) descriptors.length * Integer.BYTES);
            memory.setInt(control + 8, Libc.SOL_SOCKET);
            memory.setInt(control + 12, SCM_RIGHTS);
            memory.write(control + CONTROL_HEADER_BYTES, descriptors, 0, descriptors.length);
        }
        return memory;
    }

    /** Receives what is there, or waits for something. */
    static DescriptorMessage receive(int socket, int maxBytes) throws IOException {
        int controlBytes = controlBytes(MOST_DESCRIPTORS);
        try (Memory memory = new Memory(HEADER_BYTES + VECTOR_BYTES + controlBytes + (long) maxBytes)) {
            lay(memory, controlBytes, maxBytes);
            int flags = Libc.MSG_DONTWAIT | Libc.MSG_CMSG_CLOEXEC;
            int read = Libc.await(socket, Libc.POLLIN, "recvmsg", () -> Libc.recvmsg(socket, memory, flags));
            byte[] bytes = memory.getByteArray(HEADER_BYTES + VECTOR_BYTES + controlBytes, read);
            return new DescriptorMessage(bytes, descriptorsIn(memory));
        }
    }

    private static List<BlockingSocket> descriptorsIn(Memory memory) {
        int control = HEADER_BYTES + VECTOR_BYTES;
        if (memory.getLong(CONTROL_LENGTH) < CONTROL_HEADER_BYTES || memory.getInt(control + 12) != SCM_RIGHTS) {
            return List.of();
        }
        int count = (int) (memory.getLong(control) - CONTROL_HEADER_BYTES) / Integer.BYTES;
        return IntStream.of(memory.getIntArray(control + CONTROL_HEADER_BYTES, count))
                .mapToObj(BlockingSocket::of)
                .toList();
    }

    private static void lay(Memory memory, int controlBytes, int dataBytes) {
        memory.clear();
        memory.setPointer(IOV, memory.share(HEADER_BYTES));
        memory.setLong(IOV_LENGTH, 1);
        memory.setPointer(HEADER_BYTES, memory.share(HEADER_BYTES + VECTOR_BYTES + controlBytes));
        memory.setLong(HEADER_BYTES + Long.BYTES, dataBytes);
        if (controlBytes > 0) {
            memory.setPointer(CONTROL, memory.share(HEADER_BYTES + VECTOR_BYTES));
            memory.setLong(CONTROL_LENGTH, controlBytes);
        }
    }

    /** CMSG_SPACE. */
    private static int controlBytes(int descriptors) {
        return CONTROL_HEADER_BYTES + (descriptors * Integer.BYTES + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    }
}
