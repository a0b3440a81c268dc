package io.handoff.testkit;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Accepts connections, on a path or on a port of the loopback interface. */
final class ListeningSocket implements AutoCloseable {

    private final BlockingSocket socket;
    private final NativeAddress address;
    private final @Nullable Path file;

    private ListeningSocket(BlockingSocket socket, NativeAddress address, @Nullable Path file) {
        this.socket = socket;
        this.address = address;
        this.file = file;
    }

    static ListeningSocket on(Path path, int backlog) throws IOException {
        return listen(NativeAddress.of(UnixDomainSocketAddress.of(path)), path, backlog);
    }

    static ListeningSocket onLoopback() throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        return listen(NativeAddress.of(new InetSocketAddress(loopback, 0)), null, 1);
    }

    private static ListeningSocket listen(NativeAddress address, @Nullable Path file, int backlog) throws IOException {
        BlockingSocket socket = BlockingSocket.create(address.family(), Libc.NON_BLOCKING);
        try {
            byte[] bytes = address.bytes();
            Libc.checked("bind", Libc.bind(socket.descriptor(), bytes, bytes.length));
            Libc.checked("listen", Libc.listen(socket.descriptor(), backlog));
            if (file == null) {
                Libc.checked("getsockname", Libc.getsockname(socket.descriptor(), bytes, new int[] {bytes.length}));
            }
            return new ListeningSocket(socket, address, file);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Where it listens, with the port that the system has chosen. */
    NativeAddress address() {
        return address;
    }

    /** Waits without end: nobody has to come. */
    BlockingSocket accept() throws IOException {
        int number = socket.descriptor();
        while (true) {
            try {
                return BlockingSocket.of(Libc.await(
                        number,
                        Libc.POLLIN,
                        "accept4",
                        () -> Libc.accept4(number, Pointer.NULL, Pointer.NULL, Libc.CLOSE_ON_EXEC)));
            } catch (SocketTimeoutException e) {
                // Waits on.
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}
