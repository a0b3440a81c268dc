package io.handoff.netty.parking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.Libc;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.descriptor.SocketCalls.Received;
import io.handoff.netty.listening.PassedDescriptors;
import io.handoff.netty.listening.SocketActivation;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Keeps descriptors as systemd does, and passes them to the next process, which is this one. */
final class ServiceManagerOfTest implements AutoCloseable {

    /** Of the first descriptor that is passed: more than any that the JVM opens by itself. */
    private static final int FIRST_PASSED = 3000;

    /** As in {@code NOTIFY_SOCKET}. */
    final String address;

    private final int max;
    private final Socket socket = Socket.newSocketDomainDgram();
    private final List<Stored> store = new ArrayList<>();
    private final List<Integer> passed = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "service manager of the test");

    private record Stored(String name, OwnedDescriptor descriptor) {}

    /** Takes how many descriptors it keeps at most. */
    ServiceManagerOfTest(String address, int max) throws IOException {
        this.address = address;
        this.max = max;
        socket.bind(new DomainSocketAddress(address.replace('@', '\0')));
        LibcSocketCalls.INSTANCE.setNonBlocking(socket, false);
        thread.start();
    }

    private void run() {
        // Waits until something is there; zero bytes come when the socket is shut.
        while (Libc.C.recv(socket.intValue(), new byte[1], 1, Libc.MSG_PEEK) > 0) {
            try {
                Received received = LibcSocketCalls.INSTANCE.receive(socket, 128);
                if (received != null) {
                    heed(List.of(new String(received.bytes(), UTF_8).split("\n", -1)), received.descriptors());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private synchronized void heed(List<String> lines, List<OwnedDescriptor> descriptors) {
        String name = lines.stream()
                .filter(line -> line.startsWith("FDNAME="))
                .map(line -> line.substring("FDNAME=".length()))
                .findFirst()
                .orElse("stored");
        if (lines.contains("FDSTOREREMOVE=1")) {
            store.removeIf(each -> {
                boolean isThat = each.name().equals(name);
                if (isThat) {
                    each.descriptor().close();
                }
                return isThat;
            });
        } else if (lines.contains("FDSTORE=1") && lines.contains("FDPOLL=0") && store.size() < max) {
            descriptors.forEach(each -> store.add(new Stored(name, each)));
        } else {
            descriptors.forEach(OwnedDescriptor::close);
        }
    }

    /** Under which names something is kept, in the order in which it came. */
    synchronized List<String> names() {
        return store.stream().map(Stored::name).toList();
    }

    /** Keeps something else. */
    synchronized void keep(String name, int descriptor) throws IOException {
        store.add(new Stored(name, LibcSocketCalls.INSTANCE.duplicate(descriptor)));
    }

    /** Passes copies of all that is kept to the next process, the latest first. */
    synchronized PassedDescriptors pass() {
        List<String> names = new ArrayList<>();
        int first = FIRST_PASSED + passed.size();
        for (Stored each : store) {
            names.add(0, each.name());
        }
        for (int i = 0; i < store.size(); i++) {
            Stored each = store.get(store.size() - 1 - i);
            passed.add(Libc.checked(Libc.C.dup2(each.descriptor().look().intValue(), first + i)));
        }
        long pid = ProcessHandle.current().pid();
        Map<String, String> environment = Map.of(
                "LISTEN_FDS",
                Integer.toString(names.size()),
                "LISTEN_PID",
                Long.toString(pid),
                "LISTEN_FDNAMES",
                String.join(":", names));
        return new PassedDescriptors(new SocketActivation(environment, pid, first));
    }

    /** Whoever was passed descriptors has ended without taking them. */
    synchronized void endProcess() {
        passed.forEach(Libc.C::close);
    }

    @Override
    public void close() throws IOException {
        Libc.C.shutdown(socket.intValue(), 0);
        await().until(() -> !thread.isAlive());
        socket.close();
        synchronized (this) {
            store.forEach(each -> each.descriptor().close());
            endProcess();
        }
    }
}
