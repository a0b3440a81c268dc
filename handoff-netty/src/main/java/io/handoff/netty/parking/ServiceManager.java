package io.handoff.netty.parking;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.handoff.netty.descriptor.SocketCalls;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * The service manager, which keeps descriptors for this service (sd_notify(3)). It answers nothing: what it does not keep, it closes, and
 * that can be seen of a pipe. Confined to one thread, which waits.
 */
final class ServiceManager implements AutoCloseable {

    /** For a manager that is busy. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String NO_ROOM = "the service manager has had no room for ";

    private final SocketCalls calls;
    private final Socket socket;

    private ServiceManager(SocketCalls calls, Socket socket) {
        this.calls = calls;
        this.socket = socket;
    }

    /**
     * Connects to the manager.
     *
     * @param address as in {@code NOTIFY_SOCKET}: a path, or a name with an @ before it
     */
    static ServiceManager connect(String address, SocketCalls calls) throws IOException {
        if (!address.startsWith("/") && !address.startsWith("@")) {
            throw new IOException("NOTIFY_SOCKET is " + address + "; expected a path, or a name that begins with @");
        }
        String name = address.startsWith("@") ? '\0' + address.substring(1) : address;
        Socket socket = Socket.newSocketDomainDgram();
        try {
            socket.connect(new DomainSocketAddress(name));
        } catch (IOException e) {
            socket.close();
            throw new IOException("nobody is at " + address + ", which NOTIFY_SOCKET names: " + e.getMessage(), e);
        }
        return new ServiceManager(calls, socket);
    }

    /**
     * Has the manager keep a copy. Not dropped when its client hangs up: the next process is to know of it, and of its last bytes.
     *
     * @param name of at most 64 bytes
     */
    void store(String name, FileDescriptor descriptor) throws IOException {
        send("FDSTORE=1\nFDPOLL=0\nFDNAME=" + name, descriptor);
    }

    /** Has the manager close what it keeps under a name. */
    void remove(String name) throws IOException {
        byte[] bytes = ("FDSTOREREMOVE=1\nFDNAME=" + name).getBytes(UTF_8);
        await(() -> calls.send(socket, bytes) == bytes.length, NO_ROOM);
    }

    /**
     * Waits until the manager has done what it was told, and finds out whether it keeps all that it was to keep: it has taken one thing more, after
     * the others. One that is full, or keeps nothing for this service, has not.
     *
     * @param name that nothing is stored under
     */
    boolean keepsAll(String name) throws IOException {
        FileDescriptor[] pipe = FileDescriptor.pipe();
        try {
            try {
                store(name, pipe[1]);
            } finally {
                pipe[1].close();
            }
            awaitAll();
            boolean isKept = !hasEnded(pipe[0]);
            remove(name);
            return isKept;
        } finally {
            pipe[0].close();
        }
    }

    /** The manager closes the descriptor of a barrier when it has come to it. */
    private void awaitAll() throws IOException {
        FileDescriptor[] barrier = FileDescriptor.pipe();
        try {
            try {
                send("BARRIER=1", barrier[1]);
            } finally {
                barrier[1].close();
            }
            await(() -> hasEnded(barrier[0]), "the service manager has not answered for ");
        } finally {
            barrier[0].close();
        }
    }

    private static boolean hasEnded(FileDescriptor end) {
        try {
            return end.read(ByteBuffer.allocateDirect(1), 0, 1) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private void send(String text, FileDescriptor descriptor) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        await(() -> calls.send(socket, bytes, descriptor) == bytes.length, NO_ROOM);
    }

    private static void await(Step step, String missed) throws IOException {
        for (long start = System.nanoTime(); !step.isDone(); pause()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IOException(missed + PATIENCE.toSeconds() + " s");
            }
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the service manager was waited for");
        }
    }

    @FunctionalInterface
    private interface Step {
        boolean isDone() throws IOException;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
