package io.handoff.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sockets that somebody else has opened for the server. That systemd passes them so is seen by .ci/socket-activation. */
@ExtendWith({NoLeaks.class, NoDescriptorsLeft.class})
class SocketActivationIT {

    private static final long PID = ProcessHandle.current().pid();
    private static final HandoffToken TOKEN = HandoffToken.random();

    @TempDir
    Path directory;

    private Socket passed;

    @BeforeEach
    void listen() throws IOException {
        Epoll.ensureAvailability();
        passed = Socket.newSocketDomain();
        LibcSocketCalls.INSTANCE.bind(passed, path());
        passed.listen(16);
        LibcSocketCalls.INSTANCE.setNonBlocking(passed, false);
    }

    @AfterEach
    void close() throws IOException {
        passed.close();
    }

    @Test
    void shouldServeOnTheSocketThatWasPassed() throws Exception {
        try (HandoffServer server = start(environment("1", PID), passed.intValue());
                RawBroker broker = RawBroker.connect(path())) {
            assertThat(server.isAccepting()).isTrue();
            assertServed(server, broker);
        }
    }

    @Test
    void shouldLeaveTheSocketToTheNextWhenItCloses() throws Exception {
        start(environment("1", PID), passed.intValue()).close();
        assertThat(path()).exists();

        try (RawBroker broker = RawBroker.connect(path());
                HandoffServer next = start(environment("1", PID), passed.intValue())) {
            assertServed(next, broker);
        }
    }

    @Test
    void shouldFindTheSocketAmongOthersByItsPath() throws Exception {
        try (HandoffServer server = start(environment("2", PID), passed.intValue() - 1);
                RawBroker broker = RawBroker.connect(path())) {
            assertServed(server, broker);
        }
    }

    @Test
    void shouldRecogniseItsOwnConnectionsWhenItsPathIsRelative() throws Exception {
        Path relative = Path.of("").toAbsolutePath().relativize(path());
        EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (HandoffServer server = builder(relative, environment("1", PID), passed.intValue())
                        .descriptors(DescriptorPolicy.REQUIRED)
                        .expectedTokens(ExpectedTokenPolicy.carried())
                        .adoptInto(workers, new ChannelHandlerAdapter() {})
                        .start()
                        .get();
                NativeBroker broker = NativeBroker.connect(path())) {
            assertThat(server.path()).isEqualTo(relative);
            int[] made = DescriptorKind.HANDOFF_CONNECTION.make(broker, directory);
            broker.handOff(TOKEN, 1, made[0]);

            String detail = "handoff descriptor is a handoff connection itself; expected the connection of a client";
            assertThat(broker.receiveUntilClosed()).isEqualTo(Frames.rejecting(TOKEN, 1, detail));
            DescriptorKind.HANDOFF_CONNECTION.close(made);
        } finally {
            workers.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 | true  | none of the descriptors passed listens there:
            1 | false | the sockets passed are for another process: LISTEN_PID is 1, this is
            x | true  | LISTEN_FDS is x; expected a number
            """)
    void shouldSayWhatWasPassedWhenItIsNotTheSocket(String count, boolean isForUs, String message) {
        assertThatThrownBy(() -> start(environment(count, isForUs ? PID : 1), passed.intValue()))
                .cause()
                .hasMessageStartingWith("cannot listen on " + path() + ": " + message);
    }

    @Test
    void shouldSayWhereTheSocketsPassedListenWhenItIsElsewhere() {
        Path other = directory.resolve("other");

        assertThatThrownBy(() -> builder(other, environment("1", PID), passed.intValue())
                        .start()
                        .get())
                .cause()
                .hasMessage("cannot listen on " + other + ": none of the descriptors passed listens there: "
                        + passed.intValue() + ": " + path());
    }

    @Test
    void shouldSayThatNoneWasPassedWhenTheServiceManagerHasNotStartedUs() {
        assertThatThrownBy(() -> start(Map.of(), passed.intValue()))
                .cause()
                .hasMessage(
                        "cannot listen on " + path() + ": no socket was passed: LISTEN_FDS and LISTEN_PID are not set");
    }

    private static void assertServed(HandoffServer server, RawBroker broker) throws Exception {
        server.tokens().register(TOKEN).get();
        byte[] ack = Frames.accepting(TOKEN, 1);
        assertThat(broker.send(Frames.offer(TOKEN, 1)).receive(ack.length)).isEqualTo(ack);
    }

    private HandoffServer start(Map<String, String> environment, int first) throws Exception {
        return builder(path(), environment, first).start().get();
    }

    private static HandoffServer.Builder builder(Path path, Map<String, String> environment, int first) {
        return HandoffServer.builder(path)
                .descriptors(DescriptorPolicy.NONE)
                .socketActivation(new SocketActivation(environment, PID, first));
    }

    private static Map<String, String> environment(String count, long pid) {
        return Map.of("LISTEN_FDS", count, "LISTEN_PID", String.valueOf(pid));
    }

    private Path path() {
        return directory.resolve("s");
    }
}
