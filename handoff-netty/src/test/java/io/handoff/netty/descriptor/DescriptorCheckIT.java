package io.handoff.netty.descriptor;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;
import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.DescriptorKind;
import io.handoff.netty.FaultyCalls;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked of a descriptor, and which connections are a handoff's. */
@ExtendWith(NoDescriptorsLeft.class)
class DescriptorCheckIT {

    private static final String HANDOFF = "is a handoff connection itself; expected the connection of a client";

    @TempDir
    Path directory;

    @BeforeAll
    static void loadTheNativeCode() {
        Epoll.ensureAvailability();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNIX_CONNECTION", "TCP_CONNECTION"})
    void shouldAskTwoThingsOfAConnection(DescriptorKind kind) throws IOException {
        List<String> asked = new ArrayList<>();
        SocketCalls calls = new FaultyCalls() {
            @Override
            public int option(FileDescriptor socket, int option) throws IOException {
                asked.add("getsockopt");
                return super.option(socket, option);
            }

            @Override
            public @Nullable Address remoteAddress(FileDescriptor socket) throws IOException {
                asked.add("getpeername");
                return super.remoteAddress(socket);
            }
        };
        Socket listening = listen();
        try (TestBroker broker = TestBroker.connect(path())) {
            ListenerIdentity own = ListenerIdentity.ofListening(listening, LibcSocketCalls.INSTANCE);
            List<BlockingSocket> made = kind.make(broker, directory);
            assertThat(misfitOf(made.get(0).descriptor(), calls, own)).isNull();
            made.forEach(BlockingSocket::close);
        } finally {
            listening.close();
        }
        assertThat(asked).containsExactly("getsockopt", "getpeername");
    }

    @Test
    void shouldKnowTheEndThatHasConnectedToTheHandoffSocket() throws IOException {
        Socket listening = listen();
        try (TestBroker connected = TestBroker.connect(path())) {
            ListenerIdentity own = ListenerIdentity.ofListening(listening, LibcSocketCalls.INSTANCE);

            assertThat(misfitOf(connected.socket().descriptor(), LibcSocketCalls.INSTANCE, own))
                    .isEqualTo(HANDOFF);
        } finally {
            listening.close();
        }
    }

    /** In another mount namespace, say, or before the file was replaced. */
    @Test
    void shouldTakeAConnectionForAClientsWhenAnotherProcessListenedAtThatName() throws IOException {
        Socket listening = listen();
        try (TestBroker connected = TestBroker.connect(path())) {
            ListenerIdentity here = ListenerIdentity.ofListening(listening, LibcSocketCalls.INSTANCE);
            ListenerIdentity elsewhere = new ListenerIdentity(here.name(), here.pid() + 1, here.uid(), here.gid());

            assertThat(misfitOf(connected.socket().descriptor(), LibcSocketCalls.INSTANCE, elsewhere))
                    .isNull();
        } finally {
            listening.close();
        }
    }

    @Test
    void shouldTakeWhatWasAcceptedAtASocketOfTheSameNameForAClients() throws IOException {
        Socket another = listen();
        TestBroker client = TestBroker.connect(path());
        int accepted = another.accept(new byte[26]);
        Files.delete(path());
        Socket own = listen();
        ListenerIdentity identity = ListenerIdentity.ofListening(own, LibcSocketCalls.INSTANCE);

        assertThat(misfitOf(accepted, LibcSocketCalls.INSTANCE, identity)).isNull();

        checked(C.close(accepted));
        client.close();
        another.close();
        own.close();
    }

    private static @Nullable String misfitOf(int number, SocketCalls calls, ListenerIdentity own) throws IOException {
        OwnedDescriptor copy = LibcSocketCalls.INSTANCE.duplicate(number);
        try {
            return new DescriptorCheck(calls, own).misfitOf(copy);
        } finally {
            copy.close();
        }
    }

    private Socket listen() throws IOException {
        Socket listening = Socket.newSocketDomain();
        LibcSocketCalls.INSTANCE.bind(listening, path());
        listening.listen(16);
        return listening;
    }

    private Path path() {
        return directory.resolve("s");
    }
}
