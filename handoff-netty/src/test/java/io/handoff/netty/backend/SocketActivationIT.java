package io.handoff.netty.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.FaultyCalls;
import io.handoff.netty.Frames;
import io.handoff.netty.Libc;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.SocketCalls;
import io.handoff.netty.listening.SocketActivation;
import io.handoff.netty.token.ExpectedTokenPolicy;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.ClientConnection;
import io.handoff.testkit.EventLoops;
import io.handoff.testkit.NoBuffersLeaked;
import io.handoff.testkit.NoDescriptorsLeft;
import io.handoff.testkit.TestBroker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets that somebody else has opened for the server. That systemd passes them so is seen by .ci/socket-activation. */
@ExtendWith({NoBuffersLeaked.class, NoDescriptorsLeft.class})
class SocketActivationIT {

    private static final long PID = ProcessHandle.current().pid();
    private static final HandoffToken TOKEN = HandoffToken.random();
    private static final int ENOPROTOOPT = 92;
    private static final int ENOBUFS = 105;

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
                TestBroker broker = TestBroker.connect(path())) {
            assertThat(server.isAccepting()).isTrue();
            assertServed(server, broker);
        }
    }

    @Test
    void shouldLeaveTheSocketToTheNextWhenItCloses() throws Exception {
        start(environment("1", PID), passed.intValue()).close();
        assertThat(path()).exists();

        try (TestBroker broker = TestBroker.connect(path());
                HandoffServer next = start(environment("1", PID), passed.intValue())) {
            assertServed(next, broker);
        }
    }

    @Test
    void shouldAcceptNobodyWhileItAnswersThoseWhoHaveConnected() throws Exception {
        HandoffServer server = start(environment("1", PID), passed.intValue());
        Future<Void> closed;
        try (TestBroker before = TestBroker.connect(path())) {
            await().until(() -> server.metrics().openConnections(), open -> open == 1);
            closed = server.shutdownGracefully(Duration.ZERO, Duration.ofSeconds(20));
            // Asked on the loop that accepts, which has come to it by then.
            server.tokens().pendingCount().get();

            try (TestBroker after = TestBroker.connect(path());
                    HandoffServer next = start(environment("1", PID), passed.intValue())) {
                assertServed(next, after);
            }
            assertServed(server, before);
        }
        closed.get();
    }

    @Test
    void shouldFindTheSocketAmongOthersByItsPath() throws Exception {
        try (HandoffServer server = start(environment("2", PID), passed.intValue() - 1);
                TestBroker broker = TestBroker.connect(path())) {
            assertServed(server, broker);
        }
    }

    @Test
    void shouldRecogniseItsOwnConnectionsWhenItsPathIsRelative() throws Exception {
        Path relative = Path.of("").toAbsolutePath().relativize(path());
        EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (HandoffServer server = startToAdoptInto(workers, relative);
                TestBroker broker = TestBroker.connect(path())) {
            assertThat(server.path()).isEqualTo(relative);
            broker.offer(Frames.offerFrame(TOKEN, 1).build(), broker.socket().descriptor());

            String detail = "handoff descriptor is a handoff connection itself; expected the connection of a client";
            assertThat(broker.receiveToEnd()).isEqualTo(Frames.rejecting(TOKEN, 1, detail));
        } finally {
            EventLoops.end(workers);
        }
    }

    /** Whatever a unit has set, the descriptors come, of what has connected before, too. */
    @ParameterizedTest
    @EnumSource
    void shouldReceiveDescriptorsWhateverOptionTheSocketHad(PassedSocketOption option) throws Exception {
        option.set(passed);
        EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (ClientConnection client = ClientConnection.unix();
                TestBroker before = TestBroker.connect(path())) {
            if (option.letsDescriptorsThrough) {
                offer(before, client, 1);
            }
            try (HandoffServer server = startToAdoptInto(workers, path());
                    TestBroker after = TestBroker.connect(path())) {
                if (!option.letsDescriptorsThrough) {
                    await().until(() -> server.metrics().openConnections(), open -> open == 2);
                    offer(before, client, 1);
                }
                assertThat(before.receiveToEnd()).isEqualTo(Frames.accepting(TOKEN, 1));
                offer(after, client, 2);
                assertThat(after.receiveToEnd()).isEqualTo(Frames.accepting(TOKEN, 2));
            }
        } finally {
            EventLoops.end(workers);
        }
    }

    /** Once somebody who has it, too, sets them later: connections with and without a descriptor are refused then. */
    @ParameterizedTest
    @EnumSource
    void shouldLeakNothingWhenAnOptionIsSetWhileItServes(PassedSocketOption option) throws Exception {
        EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        ClientConnection client = ClientConnection.unix();
        try (HandoffServer server = startToAdoptInto(workers, path())) {
            option.set(passed);
            for (int round = 0; round < 10; round++) {
                try (TestBroker broker = TestBroker.connect(path())) {
                    broker.send(new byte[] {0});
                    assertThat(broker.receiveToEnd()).isEmpty();
                }
            }
            if (option.letsDescriptorsThrough) {
                try (TestBroker broker = TestBroker.connect(path())) {
                    broker.send(TOKEN.toBytes(), client.accepted().descriptor());
                    broker.shutdownOutput();
                    broker.receiveToEnd();
                }
            }
            await().until(() -> server.metrics().openConnections(), open -> open == 0);
        } finally {
            EventLoops.end(workers);
            client.accepted().close();
            assertThat(client.client().receiveToEnd()).as("no copy is left").isEmpty();
            client.client().close();
        }
    }

    /** Linux knows SO_PASSRIGHTS since 6.16, SO_PASSPIDFD since 6.5. */
    @Test
    void shouldServeWhereTheKernelDoesNotKnowAnOption() throws Exception {
        HandoffServerBuilder builder = builder(path(), environment("1", PID), passed.intValue())
                .socketCalls(failingToAsk(Map.of(76, ENOPROTOOPT, 83, ENOPROTOOPT)));
        try (HandoffServer server = builder.start().get();
                TestBroker broker = TestBroker.connect(path())) {
            assertServed(server, broker);
        }
    }

    @Test
    void shouldNameTheOptionThatItCannotAskFor() {
        HandoffServerBuilder builder = builder(path(), environment("1", PID), passed.intValue())
                .socketCalls(failingToAsk(Map.of(34, ENOBUFS)));

        assertThatThrownBy(() -> builder.start().get())
                .cause()
                .hasMessageStartingWith("cannot listen on " + path()
                        + ": cannot switch SO_PASSSEC of the socket that was passed: getsockopt(..) failed");
    }

    private static SocketCalls failingToAsk(Map<Integer, Integer> errnos) {
        return new FaultyCalls() {
            @Override
            public int option(FileDescriptor socket, int option) throws IOException {
                Integer errno = errnos.get(option);
                if (errno != null) {
                    throw Errors.newIOException("getsockopt", -errno);
                }
                return super.option(socket, option);
            }
        };
    }

    private static void offer(TestBroker broker, ClientConnection client, long correlationId) throws IOException {
        broker.offer(
                Frames.offerFrame(TOKEN, correlationId).build(),
                client.accepted().descriptor());
    }

    private HandoffServer startToAdoptInto(EventLoopGroup workers, Path path) throws Exception {
        return builder(path, environment("1", PID), passed.intValue())
                .descriptors(DescriptorPolicy.REQUIRED)
                .expectedTokens(ExpectedTokenPolicy.carried())
                .adoptInto(workers, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {}
                })
                .start()
                .get();
    }

    @Test
    void shouldRefuseASocketOfAnotherType() throws Exception {
        Path path = directory.resolve("seqpacket");
        Socket other = new Socket(Libc.checked(Libc.C.socket(Libc.AF_UNIX, Libc.SOCK_SEQPACKET, 0)));
        LibcSocketCalls.INSTANCE.bind(other, path);
        other.listen(1);

        assertThatThrownBy(() -> builder(path, environment("1", PID), other.intValue())
                        .start()
                        .get())
                .cause()
                .hasMessage("cannot listen on " + path + ": none of the descriptors passed listens there: "
                        + other.intValue() + ": no listening stream socket");
        other.close();
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

    private static void assertServed(HandoffServer server, TestBroker broker) throws Exception {
        server.tokens().register(TOKEN).get();
        byte[] ack = Frames.accepting(TOKEN, 1);
        assertThat(broker.send(Frames.offer(TOKEN, 1)).receive(ack.length)).isEqualTo(ack);
    }

    private HandoffServer start(Map<String, String> environment, int first) throws Exception {
        return builder(path(), environment, first).start().get();
    }

    private static HandoffServerBuilder builder(Path path, Map<String, String> environment, int first) {
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
