package io.handoff.netty.descriptor;

import com.sun.management.ThreadMXBean;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.FutureTask;

/**
 * Times the calls that a handoff makes through {@link SocketCalls}: as the library makes them, with JNA, or with java.lang.foreign, which
 * takes a JDK 22. Arguments: jna or foreign, and how many times each call is made in a round; with 0 each is made once, and not timed.
 */
final class NativeCalls {

    private static final int SO_TYPE = 3;
    private static final int TOKEN_BYTES = 16;
    private static final int WARM_UP_ROUNDS = 5;
    private static final int ROUNDS = 9;

    private interface Call {
        void make() throws IOException;
    }

    private NativeCalls() {}

    public static void main(String[] arguments) throws Exception {
        int times = Integer.parseInt(arguments[1]);
        boolean isForeign = arguments[0].equals("foreign");
        Epoll.ensureAvailability();
        FutureTask<Void> task = new FutureTask<>(() -> {
            try (Connection connection = new Connection()) {
                if (isForeign) {
                    foreign(connection, times);
                } else {
                    jna(connection, times);
                }
                return null;
            }
        });
        // As event loops are.
        new FastThreadLocalThread(task).start();
        task.get();
    }

    private static void jna(Connection connection, int times) throws IOException {
        SocketCalls calls = LibcSocketCalls.INSTANCE;
        byte[] token = new byte[TOKEN_BYTES];
        boolean[] nonBlocking = new boolean[1];
        time(times, "`getsockopt`", () -> calls.option(connection.accepted, SO_TYPE));
        time(times, "`getpeername`", () -> calls.remoteAddress(connection.accepted));
        time(times, "`fcntl`, twice", () -> calls.setNonBlocking(connection.accepted, nonBlocking[0] ^= true));
        time(times, "`sendmsg` with a descriptor, `recvmsg`, `close`", () -> {
            calls.send(connection.client, token, connection.client);
            calls.receive(connection.accepted, TOKEN_BYTES).descriptors().get(0).close();
        });
    }

    private static void foreign(Connection connection, int times) throws IOException {
        byte[] token = new byte[TOKEN_BYTES];
        boolean[] nonBlocking = new boolean[1];
        time(times, "`getsockopt`", () -> ForeignCalls.option(connection.accepted, SO_TYPE));
        time(times, "`getpeername`", () -> ForeignCalls.remoteAddress(connection.accepted));
        time(times, "`fcntl`, twice", () -> ForeignCalls.setNonBlocking(connection.accepted, nonBlocking[0] ^= true));
        time(times, "`sendmsg` with a descriptor, `recvmsg`, `close`", () -> {
            ForeignCalls.send(connection.client, token, connection.client);
            ForeignCalls.receive(connection.accepted, TOKEN_BYTES).descriptors().get(0).close();
        });
    }

    private static void time(int times, String name, Call call) throws IOException {
        call.make();
        if (times == 0) {
            return;
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] nanos = new double[ROUNDS];
        long bytes = 0;
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            long bytesBefore = threads.getCurrentThreadAllocatedBytes();
            // The thread's own time: what others take of the processor is not in it.
            long before = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < times; i++) {
                call.make();
            }
            if (round >= 0) {
                nanos[round] = (threads.getCurrentThreadCpuTime() - before) / (double) times;
            }
            bytes = (threads.getCurrentThreadAllocatedBytes() - bytesBefore) / times;
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%s|%.0f (%.0f to %.0f)|%d%n",
                name,
                nanos[ROUNDS / 2],
                nanos[0],
                nanos[ROUNDS - 1],
                bytes);
    }

    /** A connection of the Unix domain, both ends of it. */
    private static final class Connection implements AutoCloseable {

        final Socket client = Socket.newSocketDomain();
        final FileDescriptor accepted;

        Connection() throws IOException {
            Path path = Files.createTempDirectory("native-calls").resolve("socket");
            Socket listening = Socket.newSocketDomain();
            listening.bind(new DomainSocketAddress(path.toFile()));
            listening.listen(1);
            client.connect(new DomainSocketAddress(path.toFile()));
            accepted = new FileDescriptor(listening.accept(new byte[256]));
            listening.close();
            Files.delete(path);
            Files.delete(path.getParent());
        }

        @Override
        public void close() throws IOException {
            client.close();
            accepted.close();
        }
    }
}
