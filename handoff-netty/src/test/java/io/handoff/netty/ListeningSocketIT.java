package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.AbstractThrowableAssert;
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
        ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(path()));
        dead.close();
        assertThat(path()).exists();

        try (HandoffServer server = start()) {
            RawBroker.connect(server.path()).close();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldLeaveALiveSocketAlone() throws Exception {
        try (HandoffServer live = start()) {
            assertThatStartFails().hasMessage(failure("another process listens there"));
            RawBroker.connect(live.path()).close();
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

    /** Another server may come between the look at the path and the bind. */
    @Test
    void shouldLeaveASocketAloneThatAppearsAtTheLastMoment() throws Exception {
        HandoffServer.Builder late = builder(path()).socketCalls(new FaultyCalls() {
            @Override
            public void bind(FileDescriptor socket, Path path) throws IOException {
                try (HandoffServer first = start()) {
                    assertThatThrownBy(() -> super.bind(socket, path)).hasMessageContaining("Address already in use");
                    RawBroker.connect(first.path()).close();
                } catch (InterruptedException | ExecutionException e) {
                    throw new IOException(e);
                }
                throw new IOException("the other was first");
            }
        });

        assertThatThrownBy(() -> late.start().get()).cause().hasMessage(failure("the other was first"));
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
                .hasMessageStartingWith("cannot listen on " + missing + ": ")
                .hasMessageContaining("No such file or directory");
    }

    @Test
    void shouldRefuseAPathThatTheKernelCannotHold() throws Exception {
        String name = "x"
                .repeat(ListeningSocket.MAX_PATH_BYTES
                        + 1
                        - directory.toString().length()
                        - 1);
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

    @Test
    void shouldLeaveASuccessorsSocketAlone() throws Exception {
        HandoffServer first = start();
        Files.delete(first.path());
        try (HandoffServer second = start()) {
            first.close();
            RawBroker.connect(second.path()).close();
        }
        assertThat(directory).isEmptyDirectory();
    }

    private Path path() {
        return directory.resolve("handoff.sock");
    }

    private static HandoffServer.Builder builder(Path path) {
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
