package io.handoff.netty;

import io.handoff.proto.v1.Frame;
import io.handoff.proto.v1.HandoffOffer;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A backend of blocking calls on threads of its own, which answers as its script says. It takes descriptors with the
 * library's own {@code recvmsg}, the rest with Netty's bare sockets.
 */
final class FakeBackend implements AutoCloseable {

    /** What a backend does with one connection, which is closed afterwards. */
    interface Script {
        void serve(Connection connection) throws Exception;
    }

    static final int ACCEPT_TIMEOUT_SECONDS = 20;

    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /** The clients' connections that were taken over, as their descriptors. */
    final BlockingQueue<Adopted> adopted = new LinkedBlockingQueue<>();

    private final Queue<Adopted> toClose = new ConcurrentLinkedQueue<>();
    private final Socket listening;
    private final Path path;
    private final Script script;
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    private FakeBackend(Socket listening, Path path, Script script) {
        this.listening = listening;
        this.path = path;
        this.script = script;
    }

    static FakeBackend start(Path path, Script script) throws IOException {
        Epoll.ensureAvailability();
        Socket listening = Socket.newSocketDomain();
        listening.bind(new DomainSocketAddress(path.toFile()));
        listening.listen(1024);
        FakeBackend backend = new FakeBackend(listening, path, script);
        backend.run(backend::accept);
        return backend;
    }

    private void run(Runnable task) {
        Thread thread = new Thread(task, "fake-backend");
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        byte[] address = new byte[128];
        try {
            LibcSocketCalls.INSTANCE.setNonBlocking(listening, false);
            while (true) {
                Socket accepted = new Socket(listening.accept(address));
                if (closing) {
                    accepted.close();
                    return;
                }
                run(() -> serve(accepted));
            }
        } catch (IOException e) {
            failures.add(e);
        }
    }

    private void serve(Socket accepted) {
        try {
            script.serve(new Connection(accepted));
        } catch (Throwable e) {
            failures.add(e);
        } finally {
            try {
                accepted.close();
            } catch (IOException e) {
                failures.add(e);
            }
        }
    }

    Adopted takeAdopted() throws InterruptedException {
        Adopted next = adopted.poll(ACCEPT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing was adopted; failures: " + failures);
        }
        return next;
    }

    /** Waits for the scripts, and closes what they have adopted. */
    @Override
    public void close() throws IOException {
        closing = true;
        RawBroker.connect(path).close();
        for (Thread thread = threads.poll(); thread != null; thread = threads.poll()) {
            join(thread);
        }
        listening.close();
        for (Adopted left : toClose) {
            left.close();
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("a script failed", failures.peek());
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** One control connection, from the backend's side. */
    final class Connection {
        private final Socket socket;
        private @Nullable HandoffToken token;
        private @Nullable OwnedDescriptor descriptor;
        private Callable<?> beforeAnswer = () -> null;

        private Connection(Socket socket) {
            this.socket = socket;
        }

        /** Receives the 16 bytes and the descriptor, which must come with the first of them. */
        Connection receiveDescriptor() throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(HandoffToken.BYTES);
            while (bytes.hasRemaining()) {
                SocketCalls.Received received = LibcSocketCalls.INSTANCE.receive(socket, bytes.remaining());
                if (received == null) {
                    Sockets.pause();
                    continue;
                }
                if (received.bytes().length == 0) {
                    throw new IOException("end of the stream after " + bytes.position() + " bytes");
                }
                for (OwnedDescriptor passed : received.descriptors()) {
                    if (descriptor != null || bytes.position() > 0) {
                        throw new IOException("a descriptor at byte " + bytes.position());
                    }
                    descriptor = passed;
                }
                bytes.put(received.bytes());
            }
            token = HandoffToken.ofBytes(bytes.array());
            return this;
        }

        /** Receives one frame, and tells its correlation id. */
        HandoffOffer receiveOffer() throws IOException {
            byte[] header = receive(5);
            int length = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(1);
            Frame frame = Frame.parseFrom(receive(length));
            return HandoffOffer.parseFrom(frame.getPayload());
        }

        byte[] receive(int length) throws IOException {
            return Sockets.receive(socket, length);
        }

        /** Blocks until the broker has closed the connection. */
        Connection awaitClose() throws IOException {
            while (Sockets.receiveSome(socket).length > 0) {
                // Whatever else the broker says.
            }
            return this;
        }

        Connection send(byte[] bytes) throws IOException {
            Sockets.send(socket, bytes);
            return this;
        }

        /** What to do before the next adopting or refusing, which is before the answer. */
        void beforeAnswer(Callable<?> beforeAnswer) {
            this.beforeAnswer = beforeAnswer;
        }

        HandoffToken token() {
            if (token == null) {
                throw new IllegalStateException("no descriptor received");
            }
            return token;
        }

        /** Leaves the descriptor to the test. */
        Connection adopt() throws Exception {
            beforeAnswer.call();
            if (descriptor == null) {
                throw new IOException("no descriptor came");
            }
            Adopted client = new Adopted(descriptor);
            toClose.add(client);
            adopted.add(client);
            descriptor = null;
            return this;
        }

        /** Closes the backend's copy, untouched. */
        Connection refuse() throws Exception {
            beforeAnswer.call();
            if (descriptor == null) {
                throw new IOException("no descriptor came");
            }
            descriptor.close();
            descriptor = null;
            return this;
        }
    }

    /** A client's connection in the backend's hands. */
    static final class Adopted implements AutoCloseable {
        private final Socket socket;

        private Adopted(OwnedDescriptor descriptor) {
            socket = descriptor.transferTo(Socket::new);
        }

        byte[] receive(int length) throws IOException {
            return Sockets.receive(socket, length);
        }

        void send(byte[] bytes) throws IOException {
            Sockets.send(socket, bytes);
        }

        FileDescriptor descriptor() {
            return socket;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
