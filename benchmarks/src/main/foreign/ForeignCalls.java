package io.handoff.netty.descriptor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What {@link LibcSocketCalls} does, in the same way: memory of the thread that is used again, and no more objects. */
final class ForeignCalls {

    private static final int DATA_BYTES = 16;
    private static final int EAGAIN = 11;
    private static final int EINTR = 4;
    private static final int ENOTCONN = 107;
    private static final int AF_UNIX = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 0x800;

    private static final MethodHandle RECVMSG = handle("recvmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SENDMSG = handle("sendmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            handle("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle GETPEERNAME = handle("getpeername", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle FCNTL =
            handle(Linker.Option.firstVariadicArg(2), "fcntl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);

    private static final FastThreadLocal<Memory> MEMORY = new FastThreadLocal<>() {
        @Override
        protected Memory initialValue() {
            return new Memory();
        }
    };

    private ForeignCalls() {}

    private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle handle(
            Linker.Option option, String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(
                name, FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"), option);
    }

    private static MethodHandle link(String name, FunctionDescriptor function, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), function, options);
    }

    static int option(FileDescriptor socket, int option) throws IOException {
        Memory memory = MEMORY.get();
        memory.length.set(JAVA_INT, 0, Integer.BYTES);
        int result;
        try {
            result = (int) GETSOCKOPT.invokeExact(
                    memory.errno, socket.intValue(), SOL_SOCKET, option, memory.value, memory.length);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        memory.check("getsockopt", result);
        return memory.value.get(JAVA_INT, 0);
    }

    static SocketCalls.Address remoteAddress(FileDescriptor socket) throws IOException {
        Memory memory = MEMORY.get();
        memory.length.set(JAVA_INT, 0, Memory.MAX_BYTES);
        int result;
        try {
            result = (int) GETPEERNAME.invokeExact(memory.errno, socket.intValue(), memory.value, memory.length);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (result < 0 && memory.errno() == ENOTCONN) {
            return null;
        }
        memory.check("getpeername", result);
        if (memory.value.get(JAVA_SHORT, 0) != AF_UNIX) {
            throw new IOException("this one knows names of the Unix domain only");
        }
        byte[] name = new byte[Math.max(0, memory.length.get(JAVA_INT, 0) - Short.BYTES)];
        MemorySegment.copy(memory.value, JAVA_BYTE, Short.BYTES, name, 0, name.length);
        return new SocketCalls.Address(AF_UNIX, new String(name, StandardCharsets.UTF_8), null);
    }

    static boolean setNonBlocking(FileDescriptor descriptor, boolean nonBlocking) throws IOException {
        int flags = fcntl(descriptor.intValue(), F_GETFL, 0);
        boolean before = (flags & O_NONBLOCK) != 0;
        if (before != nonBlocking) {
            fcntl(descriptor.intValue(), F_SETFL, flags ^ O_NONBLOCK);
        }
        return before;
    }

    private static int fcntl(int descriptor, int command, int argument) throws IOException {
        Memory memory = MEMORY.get();
        int result;
        try {
            result = (int) FCNTL.invokeExact(memory.errno, descriptor, command, argument);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        memory.check("fcntl", result);
        return result;
    }

    static int send(FileDescriptor socket, byte[] bytes, FileDescriptor passed) throws IOException {
        Memory memory = MEMORY.get();
        memory.prepareToSend(bytes, passed.intValue());
        long result;
        do {
            try {
                result = (long) SENDMSG.invokeExact(
                        memory.errno, socket.intValue(), memory.header, MSG_DONTWAIT | MSG_NOSIGNAL);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        } while (result < 0 && memory.errno() == EINTR);
        if (result < 0 && memory.errno() == EAGAIN) {
            return 0;
        }
        memory.check("sendmsg", result);
        return (int) result;
    }

    static SocketCalls.Received receive(FileDescriptor socket, int maxBytes) throws IOException {
        Memory memory = MEMORY.get();
        memory.prepareToReceive(maxBytes);
        long result;
        do {
            try {
                result = (long) RECVMSG.invokeExact(
                        memory.errno, socket.intValue(), memory.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        } while (result < 0 && memory.errno() == EINTR);
        if (result < 0 && memory.errno() == EAGAIN) {
            return null;
        }
        memory.check("recvmsg", result);
        return memory.received((int) result);
    }

    /** As in {@link SocketMessage} and {@link SocketAnswer}. */
    private static final class Memory {
        static final int MAX_BYTES = 128;
        private static final int IOV = 16;
        private static final int IOV_LENGTH = 24;
        private static final int CONTROL = 32;
        private static final int CONTROL_LENGTH = 40;
        private static final int FLAGS = 48;
        private static final int CONTROL_LEVEL = 8;
        private static final int CONTROL_TYPE = 12;
        private static final int CONTROL_HEADER_BYTES = 16;
        private static final int CONTROL_BYTES =
                CONTROL_HEADER_BYTES + SocketCalls.Received.MAX_DESCRIPTORS * Integer.BYTES;

        private final Arena arena = Arena.ofAuto();
        final MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
        final MemorySegment header = arena.allocate(56, Long.BYTES);
        final MemorySegment vector = arena.allocate(2L * Long.BYTES, Long.BYTES);
        final MemorySegment data = arena.allocate(DATA_BYTES, Long.BYTES);
        final MemorySegment control = arena.allocate(CONTROL_BYTES, Long.BYTES);
        final MemorySegment value = arena.allocate(MAX_BYTES, Long.BYTES);
        final MemorySegment length = arena.allocate(JAVA_INT);

        Memory() {
            header.set(ADDRESS, IOV, vector);
            header.set(JAVA_LONG, IOV_LENGTH, 1);
            header.set(ADDRESS, CONTROL, control);
            vector.set(ADDRESS, 0, data);
        }

        int errno() {
            return errno.get(JAVA_INT, 0);
        }

        void check(String call, long result) throws IOException {
            if (result < 0) {
                throw Errors.newIOException(call, -errno());
            }
        }

        void prepareToReceive(int maxBytes) {
            vector.set(JAVA_LONG, Long.BYTES, Math.min(maxBytes, DATA_BYTES));
            header.set(JAVA_LONG, CONTROL_LENGTH, CONTROL_BYTES);
            header.set(JAVA_INT, FLAGS, 0);
        }

        void prepareToSend(byte[] bytes, int passed) {
            MemorySegment.copy(bytes, 0, data, JAVA_BYTE, 0, bytes.length);
            vector.set(JAVA_LONG, Long.BYTES, bytes.length);
            control.set(JAVA_LONG, 0, CONTROL_HEADER_BYTES + Integer.BYTES);
            control.set(JAVA_INT, CONTROL_LEVEL, SOL_SOCKET);
            control.set(JAVA_INT, CONTROL_TYPE, SCM_RIGHTS);
            control.set(JAVA_INT, CONTROL_HEADER_BYTES, passed);
            header.set(JAVA_LONG, CONTROL_LENGTH, CONTROL_HEADER_BYTES + Long.BYTES);
            header.set(JAVA_INT, FLAGS, 0);
        }

        SocketCalls.Received received(int count) {
            List<OwnedDescriptor> descriptors = new ArrayList<>(1);
            boolean isThere = header.get(JAVA_LONG, CONTROL_LENGTH) > 0;
            boolean unexpected = isThere
                    && (control.get(JAVA_INT, CONTROL_LEVEL) != SOL_SOCKET
                            || control.get(JAVA_INT, CONTROL_TYPE) != SCM_RIGHTS);
            // The length without what fills it up to a multiple of 8.
            long end = isThere && !unexpected ? control.get(JAVA_LONG, 0) : 0;
            for (long at = CONTROL_HEADER_BYTES; at < end; at += Integer.BYTES) {
                descriptors.add(new OwnedDescriptor(control.get(JAVA_INT, at)));
            }
            byte[] bytes = new byte[count];
            MemorySegment.copy(data, JAVA_BYTE, 0, bytes, 0, count);
            boolean truncated = (header.get(JAVA_INT, FLAGS) & MSG_CTRUNC) != 0;
            return new SocketCalls.Received(bytes, descriptors, truncated, unexpected);
        }
    }
}
