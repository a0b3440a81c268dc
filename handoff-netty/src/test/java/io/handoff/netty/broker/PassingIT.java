package io.handoff.netty.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.FakeBroker;
import io.handoff.netty.FakeBroker.Served;
import io.handoff.netty.FaultyCalls;
import io.handoff.netty.Libc;
import io.handoff.netty.Warns;
import io.handoff.netty.broker.HandoffOutcome.Accepted;
import io.handoff.netty.broker.HandoffOutcome.Failed;
import io.handoff.netty.broker.HandoffOutcome.Rejected;
import io.handoff.netty.broker.HandoffOutcome.Stage;
import io.handoff.netty.descriptor.LibcSocketCalls;
import io.handoff.netty.descriptor.OwnedDescriptor;
import io.handoff.netty.token.HandoffToken;
import io.handoff.testkit.BlockingSocket;
import io.handoff.testkit.ScriptedBackend;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a connection is passed to the backend: what goes with it, and what the system may say to it. */
class PassingIT extends BrokerFixture {

    // What all copies of the connection share

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldPassAConnectionThatABackendCanReadWithWaiting(boolean tcp) throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        FakeBroker program = new FakeBroker();
        Served served = serve(tcp ? program.listenOnTcp() : program.listenOnUnix(directory.resolve("clients.sock")));

        assertThat(get(handOff(broker(), served))).isEqualTo(new Accepted());

        BlockingSocket adopted = backend.takeHandoff().client();
        assertThat(Libc.isNonBlocking(adopted)).isFalse();
        Future<BlockingSocket> sending =
                program.loops.next().submit(() -> served.client().send("hello"));
        byte[] bytes = new byte[5];
        assertThat(Libc.C.read(adopted.descriptor(), bytes, bytes.length))
                .as("waits for the client, or it fails")
                .isEqualTo(5);
        sending.sync();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHaveARejectedConnectionAsItWas(boolean nonBlocking) throws Exception {
        List<Boolean> seen = new ArrayList<>();
        backend(connection -> {
            seen.add(Libc.isNonBlocking(connection.handoff().client()));
            REJECT.serve(connection);
        });
        Served served = serve();
        LibcSocketCalls.INSTANCE.setNonBlocking(socketOf(served), nonBlocking);

        assertThat(get(handOff(broker(), served))).isEqualTo(new Rejected("not today"));

        assertThat(seen).containsExactly(false);
        assertThat(Libc.isNonBlocking(socketOf(served))).isEqualTo(nonBlocking);
        LibcSocketCalls.INSTANCE.setNonBlocking(socketOf(served), true);
        assertServedAsBefore(served);
    }

    @Test
    @Warns("O_NONBLOCK could not be set again")
    void shouldCloseARejectedConnectionThatCannotBeAsItWas() throws Exception {
        backend(REJECT);
        Served served = serve();
        HandoffBroker broker = builder()
                .socketCalls(new FaultyCalls() {
                    @Override
                    public boolean setNonBlocking(FileDescriptor descriptor, boolean nonBlocking) throws IOException {
                        if (nonBlocking) {
                            throw new IOException("fcntl: injected");
                        }
                        return super.setNonBlocking(descriptor, false);
                    }
                })
                .build();

        assertThat(get(handOff(broker, served))).isEqualTo(new Rejected("not today"));

        assertThat(served.channel().isOpen()).isFalse();
        assertThat(served.client().receiveToEnd()).isEmpty();
    }

    @Test
    void shouldServeARejectedConnectionWhoseFlagIsSetOnlyWhenTriedAgain() throws Exception {
        backend(REJECT);
        Served served = serve();
        AtomicInteger left = new AtomicInteger(1);
        HandoffBroker broker = builder()
                .socketCalls(new FaultyCalls() {
                    @Override
                    public boolean setNonBlocking(FileDescriptor descriptor, boolean nonBlocking) throws IOException {
                        if (nonBlocking && left.getAndDecrement() > 0) {
                            throw new IOException("fcntl: injected");
                        }
                        return super.setNonBlocking(descriptor, nonBlocking);
                    }
                })
                .build();

        assertThat(get(handOff(broker, served))).isEqualTo(new Rejected("not today"));

        assertThat(left).hasNonPositiveValue();
        assertThat(Libc.isNonBlocking(socketOf(served))).isTrue();
        assertServedAsBefore(served);
    }

    @Test
    void shouldGoOnWithTheConnectionWhenItsFlagsCannotBeChanged() throws Exception {
        backend(READ_ON);
        Served served = serve();
        HandoffBroker broker = builder()
                .socketCalls(new FaultyCalls() {
                    @Override
                    public boolean setNonBlocking(FileDescriptor descriptor, boolean nonBlocking) throws IOException {
                        throw new IOException("fcntl: injected");
                    }
                })
                .build();

        Failed failed = getFailed(handOff(broker, served));

        assertThat(failed.stage()).isEqualTo(Stage.SEND);
        assertThat(failed.cause()).hasMessageEndingWith("fcntl: injected");
        assertGoesOn(served, failed);
    }

    // What socket(2), sendmsg(2) and connect(2) say

    @Test
    void shouldGoOnWithTheConnectionAndLeaveNoSocketWhenItsChannelCannotBeMade() throws Exception {
        Served served = serve();
        FileDescriptor notASocket = FileDescriptor.from("/dev/null");
        HandoffBroker broker = builder()
                .socketCalls(new FaultyCalls() {
                    @Override
                    public OwnedDescriptor newUnixSocket() throws IOException {
                        return duplicate(notASocket.intValue());
                    }
                })
                .build();

        Failed failed = getFailed(handOff(broker, served));

        assertThat(failed.stage()).isEqualTo(Stage.CONNECT);
        assertThat(failed.cause()).hasMessageStartingWith("no socket to the backend could be made");
        assertGoesOn(served, failed);
        notASocket.close();
    }

    @ParameterizedTest
    @CsvSource({
        "109, too many descriptors of this user are on their way, false",
        "105, the kernel has no memory for it, false",
        "12, the kernel has no memory for it, false",
        "1, a security module forbids to pass the descriptor, false",
        "13, a security module forbids to pass the descriptor, false",
        "32, the backend closed the connection before it was offered anything, true",
        "104, the backend closed the connection before it was offered anything, true",
        "22, the descriptor could not be sent, true"
    })
    void shouldGoOnWithTheConnectionWhenTheDescriptorCannotBeSent(int errno, String words, boolean isBackends)
            throws Exception {
        backend(READ_ON);
        Served served = serve();
        HandoffBroker broker = builder()
                .maxFailures(1)
                .socketCalls(new SendingCalls((socket, bytes, passed) -> {
                    assertThat(Libc.isNonBlocking(passed)).isFalse();
                    throw Errors.newIOException("sendmsg", -errno);
                }))
                .build();

        Failed failed = getFailed(handOff(broker, served));

        assertThat(failed.stage()).isEqualTo(Stage.SEND);
        assertThat(failed.cause()).hasMessageContaining(words).hasMessageContaining("error(-" + errno + ")");
        assertThat(Libc.isNonBlocking(socketOf(served))).isTrue();
        assertGoesOn(served, failed);
        assertThat(getFailed(handOff(broker, served)).stage()).isEqualTo(isBackends ? Stage.SUPPRESSED : Stage.SEND);
    }

    @Test
    void shouldTryAgainWhileThereIsNoRoomForTheDescriptor() throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve();
        AtomicInteger left = new AtomicInteger(4);
        HandoffBroker broker = builder()
                .socketCalls(new SendingCalls((socket, bytes, passed) ->
                        left.getAndDecrement() > 0 ? 0 : LibcSocketCalls.INSTANCE.send(socket, bytes, passed)))
                .build();

        assertThat(get(handOff(broker, served))).isEqualTo(new Accepted());

        served.client().send("hello");
        assertThat(backend.takeHandoff().client().receive(5)).isEqualTo(ascii("hello"));
    }

    @Test
    void shouldGoOnWithTheConnectionWhenNoRoomForTheDescriptorComes() throws Exception {
        backend(connection -> goOn.await(20, TimeUnit.SECONDS));
        Served served = serve();
        HandoffBroker broker = builder()
                .timeout(Duration.ofMillis(500))
                .socketCalls(new SendingCalls((socket, bytes, passed) -> {
                    fill(socket);
                    return LibcSocketCalls.INSTANCE.send(socket, bytes, passed);
                }))
                .build();

        Failed failed = getFailed(handOff(broker, served));

        assertThat(failed.stage()).isEqualTo(Stage.SEND);
        assertThat(failed.cause())
                .hasMessage("no room for the descriptor was found in the socket to the backend within 500 ms");
        assertThat(Libc.isNonBlocking(socketOf(served))).isTrue();
        assertGoesOn(served, failed);
    }

    @Test
    void shouldTryAgainWhileTheBacklogIsFull() throws Exception {
        ScriptedBackend backend = opened(ScriptedBackend.listen(socketPath(), 0, ACCEPT));
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        HandoffBroker broker =
                builder().maxFailures(1).timeout(Duration.ofSeconds(30)).build();
        Queue<Future<HandoffOutcome>> outcomes = new ArrayDeque<>();
        for (int i = 0; i < 20; i++) {
            outcomes.add(broker.handOff(program.connect().channel(), "zccache", HandoffToken.random(), ID));
        }

        backend.startAccepting();

        for (Future<HandoffOutcome> outcome : outcomes) {
            assertThat(get(outcome)).isEqualTo(new Accepted());
        }
    }

    @Test
    void shouldGoOnWithTheConnectionWhenTheBacklogStaysFull() throws Exception {
        ScriptedBackend backend = opened(ScriptedBackend.listen(socketPath(), 0, READ_ON));
        Served served = serve();

        try (SocketChannel onlyOne = SocketChannel.open(UnixDomainSocketAddress.of(socketPath()))) {
            Failed failed =
                    getFailed(handOff(builder().timeout(Duration.ofMillis(500)).build(), served));

            assertThat(onlyOne.isConnected()).isTrue();
            assertThat(failed.stage()).isEqualTo(Stage.CONNECT);
            assertThat(failed.cause()).hasMessage("no connection to the backend was made within 500 ms");
            assertGoesOn(served, failed);
        }
        backend.startAccepting();
    }

    // The offer

    @ParameterizedTest
    @ValueSource(ints = {1000, 60_000, 200_000, 1 << 20})
    void shouldSendAnOfferOfAnySize(int length) throws Exception {
        ScriptedBackend backend = backend(ACCEPT);
        Served served = serve();
        String name = "x".repeat(length);

        assertThat(get(broker().handOff(served.channel(), name, TOKEN, ID))).isEqualTo(new Accepted());

        assertThat(backend.takeHandoff().offer().getServiceName()).isEqualTo(name);
    }

    @Test
    void shouldLeaveAConnectionAloneWhoseOfferIsLongerThanAFrameMayBe() throws Exception {
        Served served = serve();
        HandoffBroker broker = builder().maxFailures(1).build();

        for (int i = 0; i < 2; i++) {
            Failed failed = getFailed(broker.handOff(served.channel(), "x".repeat(16 << 20), TOKEN, ID));

            assertThat(failed.stage()).isEqualTo(Stage.OFFER_TOO_LARGE);
            assertThat(failed.cause())
                    .hasMessageMatching("frame body too large: 167772\\d\\d bytes exceeds cap 16777216");
            assertGoesOn(served, failed);
        }
    }

    @Test
    void shouldNotCountAMissingAnswerToALargeOffer() throws Exception {
        backend(connection -> connection.receive(HandoffToken.BYTES));
        FakeBroker program = opened(new FakeBroker().listenOnTcp());
        HandoffBroker broker = builder().maxFailures(1).build();

        for (int i = 0; i < 2; i++) {
            Failed failed = getFailed(broker.handOff(program.connect().channel(), "x".repeat(70_000), TOKEN, ID));

            assertThat(failed.stage()).isIn(Stage.ACK, Stage.SEND);
            assertThat(failed.connectionUsable()).isFalse();
        }
    }
}
