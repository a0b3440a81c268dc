package io.handoff.netty.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handoff.netty.FaultyCalls;
import io.handoff.netty.answer.ControlChannel;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.SocketPath;
import io.handoff.netty.listening.ListeningSocket;
import io.handoff.testkit.JavaCommand;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.StartedProcess;
import io.handoff.testkit.TestBroker;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The rules of the socket file. */
@ExtendWith(NoDescriptorsLeft.class)
class ListeningSocketIT {

    @TempDir
    Path directory;

    @Test
    void shouldMakeASocketOfMode0600AndLeaveNoFileBehind() throws Exception {
        try (HandoffServer server = start()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.path())))
                    .isEqualTo("rw-------");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldReplaceAStaleSocket() throws Exception {
        leaveAStaleSocket();
        assertThat(path()).exists();

        try (HandoffServer server = start()) {
            TestBroker.connect(server.path()).close();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldLeaveALiveSocketAlone() throws Exception {
        try (HandoffServer live = start()) {
            assertThatStartFails().hasMessage(failure("another process listens there"));
            TestBroker.connect(live.path()).close();
        }
    }

    @Test
    void shouldLeaveALiveSocketAloneWhenItsBacklogIsFull() throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            busy.bind(UnixDomainSocketAddress.of(path()), 1);
            assertThatThrownBy(() -> {
                        while (waiting.size() < 100) {
                            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                            waiting.add(channel);
                            channel.configureBlocking(false);
                            channel.connect(UnixDomainSocketAddress.of(path()));
                        }
                    })
                    .hasMessage("Resource temporarily unavailable");

            assertThatStartFails().hasMessage(failure("it may be in use: Resource temporarily unavailable"));
            assertThat(path()).exists();
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    /** A program that knows nothing of the lock may come between the look at the path and the bind. */
    @Test
    void shouldLeaveASocketAloneThatAppearsAtTheLastMoment() throws Exception {
        try (ServerSocketChannel first = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            HandoffServerBuilder late = builder(path()).socketCalls(new FaultyCalls() {
                @Override
                public void bind(FileDescriptor socket, Path path) throws IOException {
                    first.bind(UnixDomainSocketAddress.of(path));
                    super.bind(socket, path);
                }
            });

            assertThatThrownBy(() -> late.start().get()).cause().hasMessageContaining("Address already in use");
            TestBroker.connect(path()).close();
        }
    }

    @Test
    void shouldLetOneOfSeveralThreadsStartAtAStaleSocket() throws Exception {
        int starters = 4;
        CyclicBarrier together = new CyclicBarrier(starters);
        ExecutorService threads = Executors.newFixedThreadPool(starters);
        try {
            for (int round = 0; round < 500; round++) {
                leaveAStaleSocket();
                List<Future<String>> outcomes = new ArrayList<>();
                Queue<ListeningSocket> listening = new ConcurrentLinkedQueue<>();
                for (int i = 0; i < starters; i++) {
                    outcomes.add(threads.submit(() -> {
                        together.await();
                        return bindAndTell(listening);
                    }));
                }
                List<String> told = new ArrayList<>();
                for (Future<String> outcome : outcomes) {
                    told.add(outcome.get());
                }
                assertThat(told)
                        .containsExactlyInAnyOrder(
                                "listens",
                                failure("another process listens there"),
                                failure("another process listens there"),
                                failure("another process listens there"));
                TestBroker.connect(path()).close();
                listening.element().discard();
                assertThat(directory).isEmptyDirectory();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private String bindAndTell(Queue<ListeningSocket> listening) {
        try {
            listening.add(ListeningSocket.bind(path(), LibcSocketCalls.INSTANCE));
            return "listens";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Starts where and when it is told, in a process of its own, and stops when it is told so. */
    static final class Starter {
        private Starter() {}

        public static void main(String[] args) throws IOException {
            Epoll.ensureAvailability();
            Path path = Path.of(args[0]);
            BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            ListeningSocket listening = null;
            System.out.println("ready");
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                if (order.equals("start")) {
                    try {
                        listening = ListeningSocket.bind(path, LibcSocketCalls.INSTANCE);
                        System.out.println("listens");
                    } catch (IOException e) {
                        System.out.println(e.getMessage());
                    }
                } else if (listening != null) {
                    // As if it had died: the file stays.
                    listening.toChannel(ControlChannel::new).unsafe().closeForcibly();
                    listening = null;
                    System.out.println("stopped");
                }
            }
        }
    }

    @Test
    void shouldLetOneOfSeveralProcessesStartAtAStaleSocket() throws Exception {
        leaveAStaleSocket();
        JavaCommand starter = JavaCommand.of(Starter.class).withArguments(path().toString());
        try (StartedProcess one = starter.start();
                StartedProcess other = starter.start()) {
            assertThat(List.of(one.nextLine(), other.nextLine())).containsOnly("ready");
            for (int round = 0; round < 200; round++) {
                one.send("start");
                other.send("start");
                String first = one.nextLine();
                assertThat(List.of(first, other.nextLine()))
                        .containsExactlyInAnyOrder("listens", failure("another process listens there"));

                StartedProcess listening = first.equals("listens") ? one : other;
                listening.send("stop");
                assertThat(listening.nextLine()).isEqualTo("stopped");
            }
        }
        assertThat(lockFile()).doesNotExist();
    }

    @Test
    void shouldFailWhileAnotherStartsAtThePath() throws Exception {
        FileDescriptor lock = LibcSocketCalls.INSTANCE.lock(lockFile());
        assertThat(lock).isNotNull();
        try {
            assertThatStartFails()
                    .isInstanceOf(BindException.class)
                    .hasMessage(failure("another process listens there"));
            assertThat(path()).doesNotExist();
        } finally {
            Objects.requireNonNull(lock).close();
        }
    }

    @Test
    void shouldUseALockFileAgainThatADeadProcessHasLeft() throws Exception {
        Files.createFile(lockFile());

        try (HandoffServer server = start()) {
            assertThat(lockFile()).doesNotExist();
            TestBroker.connect(server.path()).close();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldLockTheFileThatIsThereWhenTheOneItOpenedIsGone() throws Exception {
        List<Path> locked = new ArrayList<>();
        HandoffServerBuilder unlucky = builder(path()).socketCalls(new FaultyCalls() {
            @Override
            public @Nullable FileDescriptor lock(Path file) throws IOException {
                FileDescriptor lock = super.lock(file);
                locked.add(file);
                if (locked.size() < 3) {
                    Files.delete(file);
                    if (locked.size() == 1) {
                        Files.createFile(file);
                    }
                }
                return lock;
            }
        });

        unlucky.start().get().close();

        assertThat(locked).hasSize(3);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldNotFollowALinkInPlaceOfItsLockFile() throws Exception {
        Path target = Files.writeString(directory.resolve("target"), "precious");
        Files.createSymbolicLink(lockFile(), target);

        assertThatStartFails().hasMessageStartingWith(failure("cannot lock " + lockFile() + ": "));
        assertThat(target).hasContent("precious");
    }

    @Test
    void shouldLeaveNothingBehindWhenItCannotListen() {
        HandoffServerBuilder failing = builder(path()).socketCalls(new FaultyCalls() {
            @Override
            public void bind(FileDescriptor socket, Path path) throws IOException {
                super.bind(socket, path);
                socket.close();
            }
        });

        assertThatThrownBy(() -> failing.start().get()).cause().hasMessageStartingWith(failure("listen"));
        assertThat(directory).isEmptyDirectory();
    }

    /** Its folder becomes a file (ENOTDIR). */
    @Test
    void shouldLetGoOfItsLockWhenTheLockFileCannotBeTold() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("folder"));
        HandoffServerBuilder failing = builder(folder.resolve("handoff.sock")).socketCalls(new FaultyCalls() {
            @Override
            public @Nullable FileDescriptor lock(Path file) throws IOException {
                FileDescriptor lock = super.lock(file);
                Files.move(folder, directory.resolve("moved"));
                Files.createFile(folder);
                return lock;
            }
        });

        assertThatThrownBy(() -> failing.start().get())
                .cause()
                .hasMessageStartingWith("cannot listen on " + folder.resolve("handoff.sock") + ": ");
        FileDescriptor next = LibcSocketCalls.INSTANCE.lock(directory.resolve("moved/handoff.sock.starting"));
        assertThat(next).as("the lock, which nobody else has").isNotNull();
        Objects.requireNonNull(next).close();
    }

    @Test
    void shouldSayWhyWhenTheFileOfItsSocketIsGoneAtOnce() {
        HandoffServerBuilder failing = builder(path()).socketCalls(new FaultyCalls() {
            @Override
            public void bind(FileDescriptor socket, Path path) throws IOException {
                super.bind(socket, path);
                Files.delete(path);
            }
        });

        assertThatThrownBy(() -> failing.start().get())
                .cause()
                .hasMessage(failure("java.nio.file.NoSuchFileException: " + path()));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldLeaveAFileAlone() throws Exception {
        Files.writeString(path(), "precious");

        assertThatStartFails().isInstanceOf(BindException.class).hasMessage(failure("it exists and is no socket"));
        assertThat(path()).hasContent("precious");
    }

    @Test
    void shouldLeaveADirectoryAndALinkAlone() throws Exception {
        Files.createDirectory(path());
        assertThatStartFails().hasMessage(failure("it exists and is no socket"));
        Files.delete(path());

        Path target = Files.createFile(directory.resolve("target"));
        Files.createSymbolicLink(path(), target);
        assertThatStartFails().hasMessage(failure("it exists and is no socket"));
        assertThat(path()).isSymbolicLink();
    }

    @Test
    void shouldNameThePathWhenItsDirectoryDoesNotExist() {
        Path missing = directory.resolve("missing").resolve("handoff.sock");
        assertThatThrownBy(() -> builder(missing).start().get())
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessage("cannot listen on " + missing + ": the folder " + missing.getParent()
                        + " does not exist; make it, or correct the path");
    }

    @Test
    void shouldNameTheFileThatStandsWhereAFolderIsExpected() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Path behind = file.resolve("handoff.sock");
        assertThatThrownBy(() -> builder(behind).start().get())
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessage("cannot listen on " + behind + ": " + file + " is no folder; correct the path");
    }

    @Test
    void shouldRefuseAPathThatTheKernelCannotHold() throws Exception {
        String name = "x".repeat(SocketPath.MAX_BYTES + 1 - directory.toString().length() - 1);
        Path tooLong = directory.resolve(name);
        assertThatThrownBy(() -> builder(tooLong).start().get())
                .cause()
                .hasMessage("cannot listen on " + tooLong + ": the path has 108 bytes; at most 107 fit");
        assertThat(directory).isEmptyDirectory();

        Path longest = directory.resolve(name.substring(1));
        try (HandoffServer server = builder(longest).start().get()) {
            assertThat(server.path()).exists();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldLeaveAFileAloneThatHasTakenThePlaceOfItsOwn() throws Exception {
        try (HandoffServer server = start()) {
            Files.delete(server.path());
            Files.writeString(server.path(), "somebody else's");
        }
        assertThat(path()).hasContent("somebody else's");
    }

    /** When the socket is closed its inode number is free for the next file, which may be a successor's. */
    @Test
    void shouldRemoveNoFileOnceItHasRemovedItsOwn() throws Exception {
        ListeningSocket first = ListeningSocket.bind(path(), LibcSocketCalls.INSTANCE);
        Path link = Files.createLink(directory.resolve("link"), path());
        first.removeFile();
        Files.move(link, path());

        first.discard();

        assertThat(path()).exists();
    }

    @Test
    void shouldLeaveASuccessorsSocketAlone() throws Exception {
        HandoffServer first = start();
        Files.delete(first.path());
        try (HandoffServer second = start()) {
            first.close();
            TestBroker.connect(second.path()).close();
        }
        assertThat(directory).isEmptyDirectory();
    }

    private void leaveAStaleSocket() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path()));
        }
    }

    private Path lockFile() {
        return directory.resolve("handoff.sock.starting");
    }

    private Path path() {
        return directory.resolve("handoff.sock");
    }

    private static HandoffServerBuilder builder(Path path) {
        return HandoffServer.builder(path).descriptors(DescriptorPolicy.NONE);
    }

    private HandoffServer start() throws InterruptedException, ExecutionException {
        return builder(path()).start().get();
    }

    private String failure(String why) {
        return "cannot listen on " + path() + ": " + why;
    }

    private AbstractThrowableAssert<?, ?> assertThatStartFails() {
        return assertThatThrownBy(this::start).cause();
    }
}
