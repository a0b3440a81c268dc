package io.handoff.netty;

import static io.handoff.netty.Libc.C;
import static io.handoff.netty.Libc.checked;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.netty.HandoffWireException.Kind;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server does with descriptors, good and bad, from a peer that really sends them. */
@ExtendWith(NoDescriptorsLeft.class)
class DescriptorReceiverIT {

    private static final int ROUNDS = 200;

    @TempDir
    Path directory;

    private final RecordingListener listener = new RecordingListener();
    private final EventLoopGroup workers = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private @Nullable HandoffServer server;

    @BeforeEach
    void loadTheNativeCode() {
        checked(C.close(checked(C.eventfd(0, 0))));
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        workers.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void shouldRejectADescriptorThatIsNoConnection(Misfit misfit) throws Exception {
        start(builder());
        for (int round = 0; round < ROUNDS; round++) {
            HandoffToken token = HandoffToken.random();
            try (NativeBroker broker = connect()) {
                int[] made = misfit.kind().make(broker, directory);
                broker.handOff(token, round, made[0]);
                assertThat(new String(broker.receiveUntilClosed(), ISO_8859_1))
                        .isEqualTo(new String(
                                Frames.rejecting(token, round, "handoff descriptor " + misfit.detail), ISO_8859_1));
                misfit.kind().close(made);
            }
        }
        assertThat(running().metrics().offersRejected(HandoffRejection.Reason.DESCRIPTOR_UNFIT))
                .isEqualTo(ROUNDS);
        await().until(() -> running().tokens().pendingCount().get(), count -> count == 0);
    }

    static Misfit[] misfits() {
        return Misfit.values();
    }

    private enum Misfit {
        PIPE("is a pipe; expected a socket"),
        FILE("is a file; expected a socket"),
        EPOLL("is an eventpoll; expected a socket"),
        EVENTFD("is an eventfd; expected a socket"),
        UDP("is a datagram socket; expected a stream socket"),
        UNIX_DATAGRAM("is a datagram socket; expected a stream socket"),
        SEQPACKET("is a sequenced-packet socket; expected a stream socket"),
        LISTENING("is a listening socket; expected a connected one"),
        UNCONNECTED("is a socket that is not connected; expected a connected one"),
        UNCONNECTED_UNIX("is a socket that is not connected; expected a connected one"),
        HANDOFF_CONNECTION("is a handoff connection itself; expected the connection of a client");

        private final String detail;

        Misfit(String detail) {
            this.detail = detail;
        }

        private DescriptorKind kind() {
            return DescriptorKind.valueOf(name());
        }
    }

    @ParameterizedTest
    @MethodSource("badOpenings")
    void shouldCloseEveryDescriptorAndSayWhyWhenTheOpeningIsWrong(int surplus, String message) throws Exception {
        start(builder());
        for (int round = 0; round < ROUNDS; round++) {
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            int[] sent = IntStream.range(0, surplus).map(i -> pair[0]).toArray();
            try (NativeBroker broker = connect()) {
                broker.send(HandoffToken.random().toBytes(), sent);
                assertThat(broker.receiveUntilClosed()).isEmpty();
            }
            C.close(pair[0]);
            assertThat(C.read(pair[1], new byte[1], 1)).as("no copy is left").isZero();
            C.close(pair[1]);
        }
        await().until(listener.wireErrors::size, size -> size == ROUNDS);
        assertThat(listener.wireErrors).allSatisfy(error -> assertThat(error).hasMessage(message));
        assertThat(running().metrics().openConnections()).isZero();
    }

    static Stream<Arguments> badOpenings() {
        String surplus = "too many descriptors: more than one came at once, expected 1";
        return Stream.of(
                Arguments.of(0, "no descriptor came with the first byte; expected one with the token"),
                Arguments.of(2, surplus),
                Arguments.of(3, surplus),
                Arguments.of(253, surplus));
    }

    @Test
    void shouldRefuseASecondDescriptorThatComesLater() throws Exception {
        start(builder());
        byte[] token = HandoffToken.random().toBytes();
        for (int round = 0; round < ROUNDS; round++) {
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            try (NativeBroker broker = connect()) {
                broker.send(Arrays.copyOf(token, 5), pair[0]).send(Arrays.copyOfRange(token, 5, 16), pair[0]);
                assertThat(broker.receiveUntilClosed()).isEmpty();
            }
            C.close(pair[0]);
            assertThat(C.read(pair[1], new byte[1], 1)).as("no copy is left").isZero();
            C.close(pair[1]);
        }
        await().until(() -> running().metrics().wireErrors(Kind.DESCRIPTOR_SURPLUS), count -> count == ROUNDS);
        assertThat(listener.wireErrors.element())
                .hasMessage("too many descriptors: another came after the first byte of the token, expected 1");
    }

    /** Its place cannot always be told: the bytes before it may reach the same call. Either way nothing may leak. */
    @Test
    void shouldLeakNothingWhenTheDescriptorComesOnALaterByte() throws Exception {
        start(builder());
        for (int round = 0; round < ROUNDS; round++) {
            HandoffToken token = HandoffToken.random();
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            try (NativeBroker broker = connect()) {
                broker.send(Arrays.copyOf(token.toBytes(), 5));
                try {
                    broker.send(Arrays.copyOfRange(token.toBytes(), 5, 16), pair[0]);
                } catch (AssertionError refusedAlready) {
                    assertThat(refusedAlready).hasMessageContaining("errno 32");
                }
            }
            C.close(pair[0]);
            assertThat(C.read(pair[1], new byte[1], 1)).as("no copy is left").isZero();
            C.close(pair[1]);
        }
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
    }

    @Test
    void shouldAcceptWhenTheTokenComesInPieces() throws Exception {
        start(builder());
        for (int first = 1; first < HandoffToken.BYTES; first++) {
            HandoffToken token = HandoffToken.random();
            int[] pair = Libc.pair(Libc.SOCK_STREAM);
            try (NativeBroker broker = connect()) {
                broker.send(Arrays.copyOf(token.toBytes(), first), pair[0]);
                for (int next = first; next < HandoffToken.BYTES; next++) {
                    broker.send(Arrays.copyOfRange(token.toBytes(), next, next + 1));
                }
                broker.send(Frames.offer(token, first));
                assertThat(broker.receiveUntilClosed()).isEqualTo(Frames.accepting(token, first));
            }
            C.close(pair[0]);
            C.close(pair[1]);
        }
    }

    @Test
    void shouldTellThatTheStreamEndedInsideTheToken() throws Exception {
        start(builder());
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        try (NativeBroker broker = connect()) {
            broker.send(new byte[] {1, 2, 3}, pair[0]);
        }
        await().until(() -> running().metrics().wireErrors(Kind.UNEXPECTED_EOF), count -> count == 1);
        assertThat(listener.wireErrors.element()).hasMessage("unexpected EOF while reading frame (handoff token)");
        C.close(pair[0]);
        assertThat(C.read(pair[1], new byte[1], 1)).isZero();
        C.close(pair[1]);
    }

    @ParameterizedTest
    @EnumSource(
            value = DescriptorPolicy.class,
            names = {"REQUIRED", "OPTIONAL"})
    void shouldCloseAtTheDeadlineWhenNoTokenComes(DescriptorPolicy policy) throws Exception {
        start(builder().descriptors(policy).offerTimeout(Duration.ofMillis(200)));
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        try (NativeBroker silent = connect();
                NativeBroker slow = connect()) {
            slow.send(new byte[] {7}, pair[0]);
            assertThat(silent.receiveUntilClosed()).isEmpty();
            assertThat(slow.receiveUntilClosed()).isEmpty();
        }
        await().until(() -> running().metrics().wireErrors(Kind.DEADLINE_EXCEEDED), count -> count == 2);
        C.close(pair[0]);
        assertThat(C.read(pair[1], new byte[1], 1)).isZero();
        C.close(pair[1]);
        assertThat(running().metrics().openConnections()).isZero();
    }

    @Test
    void shouldCloseWhatHasNotOpenedWhenTheServerCloses() throws Exception {
        start(builder());
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        try (NativeBroker silent = connect();
                NativeBroker slow = connect()) {
            slow.send(new byte[] {7}, pair[0]);
            await().until(() -> running().metrics().openConnections(), open -> open == 2);

            running().shutdownGracefully(Duration.ZERO, Duration.ofMillis(100)).get();

            assertThat(silent.receiveUntilClosed()).isEmpty();
            assertThat(slow.receiveUntilClosed()).isEmpty();
        }
        C.close(pair[0]);
        assertThat(C.read(pair[1], new byte[1], 1)).isZero();
        C.close(pair[1]);
    }

    @Test
    void shouldLetAHandoffFinishThatHadConnectedBeforeTheClose() throws Exception {
        start(builder());
        HandoffToken token = HandoffToken.random();
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        try (NativeBroker broker = connect()) {
            await().until(() -> running().metrics().openConnections(), open -> open == 1);
            var closed = running().shutdownGracefully(Duration.ZERO, Duration.ofSeconds(20));

            broker.handOff(token, 1, pair[0]);

            assertThat(broker.receiveUntilClosed()).isEqualTo(Frames.accepting(token, 1));
            closed.get();
        }
        C.close(pair[0]);
        C.close(pair[1]);
    }

    @ParameterizedTest
    @MethodSource("io.handoff.netty.WireVector#all")
    void shouldDoAsTheVectorSaysWhenDescriptorsAreOptional(WireVector vector) throws Exception {
        start(builder()
                .descriptors(DescriptorPolicy.OPTIONAL)
                .expectedTokens(vector.policy())
                .pendingTokens(vector.pending()));
        try (RawBroker broker = RawBroker.connect(running().path())) {
            broker.send(vector.send()).sendEof();
            assertThat(broker.receiveUntilClosed()).isEqualTo(vector.reply());
        }
        if (vector.closes()) {
            await().until(listener.wireErrors::size, size -> size == 1);
            assertThat(listener.wireErrors.element().getMessage()).matches(vector::matchesError, vector.error());
        }
    }

    /** The broker has the client's connection still, and serves it on. */
    @Test
    void shouldRejectTheOfferWhoseDescriptorWasLost() throws Exception {
        start(builder().socketCalls(new FaultyCalls() {
            @Override
            public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
                Received received = super.receive(socket, maxBytes);
                return received == null ? null : new Received(received.bytes(), List.of(), true, false);
            }
        }));
        HandoffToken token = HandoffToken.random();
        try (NativeBroker broker = connect()) {
            broker.send(token.toBytes()).send(Frames.offer(token, 1));
            assertThat(broker.receiveUntilClosed())
                    .isEqualTo(Frames.rejecting(
                            token, 1, "handoff descriptor could not be received: the backend has too many open files"));
        }
        assertThat(running().metrics().offersRejected(HandoffRejection.Reason.DESCRIPTOR_LOST))
                .isEqualTo(1);
        await().until(() -> running().metrics().openConnections(), open -> open == 0);
    }

    /** Two were sent, and there was one free number. */
    @Test
    void shouldCloseTheDescriptorThatCameWhereAnotherWasLost() throws Exception {
        start(builder().socketCalls(new FaultyCalls() {
            @Override
            public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
                Received received = super.receive(socket, maxBytes);
                return received == null ? null : new Received(received.bytes(), received.descriptors(), true, false);
            }
        }));
        HandoffToken token = HandoffToken.random();
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        try (NativeBroker broker = connect()) {
            broker.handOff(token, 1, pair[0]);
            assertThat(broker.receiveUntilClosed())
                    .isEqualTo(Frames.rejecting(
                            token, 1, "handoff descriptor could not be received: the backend has too many open files"));
        }
        C.close(pair[0]);
        assertThat(C.read(pair[1], new byte[1], 1)).as("no copy is left").isZero();
        C.close(pair[1]);
    }

    @Test
    void shouldRefuseADescriptorThatComesLaterAlsoWhenItIsLost() throws Exception {
        start(builder().socketCalls(new FaultyCalls() {
            private boolean isFirst = true;

            @Override
            public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
                Received received = super.receive(socket, isFirst ? 5 : maxBytes);
                if (received == null || isFirst) {
                    isFirst &= received == null;
                    return received;
                }
                return new Received(received.bytes(), List.of(), true, false);
            }
        }));
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        try (NativeBroker broker = connect()) {
            broker.send(HandoffToken.random().toBytes(), pair[0]);
            assertThat(broker.receiveUntilClosed()).isEmpty();
        }
        await().until(() -> running().metrics().wireErrors(Kind.DESCRIPTOR_SURPLUS), count -> count == 1);
        C.close(pair[0]);
        assertThat(C.read(pair[1], new byte[1], 1)).as("no copy is left").isZero();
        C.close(pair[1]);
    }

    @Test
    void shouldRefuseAnyOtherControlMessage() throws Exception {
        start(builder().socketCalls(new FaultyCalls() {
            @Override
            public @Nullable Received receive(FileDescriptor socket, int maxBytes) throws IOException {
                Received received = super.receive(socket, maxBytes);
                return received == null ? null : new Received(received.bytes(), received.descriptors(), false, true);
            }
        }));
        int[] pair = Libc.pair(Libc.SOCK_STREAM);
        try (NativeBroker broker = connect()) {
            broker.send(HandoffToken.random().toBytes(), pair[0]);
            assertThat(broker.receiveUntilClosed()).isEmpty();
        }
        await().until(() -> running().metrics().wireErrors(Kind.UNEXPECTED_CONTROL), count -> count == 1);
        C.close(pair[0]);
        assertThat(C.read(pair[1], new byte[1], 1)).as("no copy is left").isZero();
        C.close(pair[1]);
    }

    @Sharable
    private static final class Silent extends ChannelInboundHandlerAdapter {}

    private HandoffServer.Builder builder() {
        return HandoffServer.builder(directory.resolve("handoff.sock"))
                .adoptInto(workers, new Silent())
                .expectedTokens(ExpectedTokenPolicy.carried())
                .listener(listener);
    }

    private void start(HandoffServer.Builder builder) throws Exception {
        server = builder.start().get();
    }

    private HandoffServer running() {
        assertThat(server).isNotNull();
        return Objects.requireNonNull(server);
    }

    private NativeBroker connect() {
        return NativeBroker.connect(running().path());
    }
}
